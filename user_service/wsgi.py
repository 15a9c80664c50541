"""What gunicorn serves."""

from common.wsgi import serve

application = serve("user_service.settings")
