"""What gunicorn serves."""

from common.wsgi import serve

application = serve("suggestion_service.settings")
