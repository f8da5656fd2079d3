# syntax=docker/dockerfile:1
# check=error=true
#
#   packages    the virtual environment, built with pip; pip's cache and the build tools stay here
#      |
#   runtime     Debian, the programs that read files, the environment, the code; runs as the user dossier
#
# One image, two processes: the web server (the default command) and the worker (`python manage.py run_worker`).

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install -r requirements.txt

FROM python:3.11-slim-bookworm AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmagic1 poppler-utils \
        tesseract-ocr tesseract-ocr-deu tesseract-ocr-fra tesseract-ocr-spa tesseract-ocr-ara \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/dossier --shell /usr/sbin/nologin dossier \
    && install -d -o dossier -g dossier /var/lib/dossier
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=settings.production \
    VAR_DIR=/var/lib/dossier \
    LOG_FORMAT=json
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/dossier
COPY . .
# Nothing is written at run time, and each file that is read is read by a new process: without this all would compile
# the same code again. The base image comes without compiled files, too.
RUN python -m compileall -q /usr/local/lib/python3.11 access cms documents home search settings translations workflows
RUN python deploy/catalogues.py compile
USER dossier
VOLUME /var/lib/dossier
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["gunicorn", "settings.wsgi", "--config", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
