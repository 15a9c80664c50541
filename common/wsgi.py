"""The WSGI application of a service, static files included."""

import os

from whitenoise import WhiteNoise


def serve(settings_module: str) -> WhiteNoise:
    """The application; static files come from the packages that bring them, without collecting them first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)

    from django.conf import settings  # noqa: PLC0415
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = WhiteNoise(get_wsgi_application())
    for finder in get_finders():
        for path, storage in finder.list([]):
            application.add_file_to_dictionary(settings.STATIC_URL + path, storage.path(path))
    return application
