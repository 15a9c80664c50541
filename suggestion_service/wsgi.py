"""What gunicorn serves."""

from common.wsgi import load_application

application = load_application("suggestion_service.settings")
