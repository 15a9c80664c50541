"""What gunicorn serves."""

from common.wsgi import load_application

application = load_application("availability_service.settings")
