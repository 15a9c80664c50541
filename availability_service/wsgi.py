"""What gunicorn serves."""

from common.wsgi import serve

application = serve("availability_service.settings")
