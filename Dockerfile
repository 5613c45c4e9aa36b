# The studio on a host without a GPU, in every role (pages; `python -m core api`, `worker`, `reap`, `migrate`: see compose.yaml):
#   docker build -t studio . && docker run -p 127.0.0.1:8501:8501 -v studio-data:/data studio
# With LibreOffice, for the layout of Word files and for older ones (300 MB more): docker build --build-arg LIBREOFFICE=1 -t studio .
FROM python:3.11-slim-bookworm

ARG LIBREOFFICE=""

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    STUDIO_DATA_DIR=/data \
    PADDLE_PDX_CACHE_HOME=/models

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-script-latn \
        ${LIBREOFFICE:+libreoffice-writer-nogui libreoffice-calc-nogui fonts-liberation} \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
# PaddleOCR brings the OpenCV that needs libGL; the same version without it goes over it.
RUN pip install -r requirements.txt \
    && pip install --force-reinstall --no-deps "$(sed -n '/^opencv-python-headless==/p' requirements.txt)"

COPY . .
RUN useradd --uid 10001 --create-home studio && mkdir -p /data /models && chown studio /data /models
USER 10001
VOLUME ["/data", "/models"]

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
