"""The lead images of the demo, drawn here: shelves, a pile of files, a courtroom, columns."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from random import Random

from django.core.files.images import ImageFile
from PIL import Image as Picture
from PIL import ImageDraw

from access.models import User
from documents.models import Image

SIZE = (1600, 900)
PAPER, INK, ACCENT, WARM = (243, 239, 230), (38, 44, 50), (23, 78, 92), (176, 122, 74)
CREDIT = "Lantern Archive"
ALT = {
    "shelves": {
        "en": "Drawing of archive shelves with rows of files; one file is missing.",
        "de": "Zeichnung von Archivregalen mit Aktenreihen; eine Akte fehlt.",
        "ar": "رسم لرفوف أرشيف عليها صفوف من الملفات، وأحد الملفات مفقود.",
    },
    "files": {
        "en": "Drawing of a pile of files, tied with string.",
        "de": "Zeichnung eines Stapels verschnürter Akten.",
        "fr": "Dessin d’une pile de dossiers ficelés.",
        "es": "Dibujo de una pila de expedientes atados con cuerda.",
        "ar": "رسم لكومة من الملفات مربوطة بخيط.",
    },
    "court": {
        "en": "Drawing of an empty courtroom with a judges’ bench and one chair in front of it.",
        "de": "Zeichnung eines leeren Gerichtssaals mit Richterbank und einem Stuhl davor.",
        "ar": "رسم لقاعة محكمة خالية فيها منصة القضاة وأمامها كرسي واحد.",
    },
    "columns": {"en": "Drawing of a bar chart that rises steeply and ends abruptly."},
}


def ensure_pictures(user: User) -> dict[str, Image]:
    """Draws and files the pictures that are missing; returns them by name."""
    found: dict[str, Image] = {}
    for name, draw in DRAWINGS.items():
        title = f"Demo drawing: {name}"
        image = Image.objects.filter(title=title).first()
        if image is None:
            image = Image(title=title, uploaded_by_user=user, file=ImageFile(BytesIO(drawn(draw)), name=f"{name}.png"))
            image.save()
        found[name] = image
    return found


def drawn(draw: Callable[[ImageDraw.ImageDraw, Random], None]) -> bytes:
    """A picture as PNG; the same bytes each time."""
    picture = Picture.new("RGB", SIZE, PAPER)
    draw(ImageDraw.Draw(picture), Random(7))  # noqa: S311  # a drawing needs no secret numbers
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _shelves(draw: ImageDraw.ImageDraw, random: Random) -> None:
    for row in range(4):
        floor = 225 * (row + 1) - 10
        x = 40
        while x < SIZE[0] - 60:
            width, height = random.randint(22, 54), random.randint(130, 185)
            if not (row == 2 and 780 < x < 850):
                colour = random.choice([ACCENT, WARM, INK, (120, 138, 140), (204, 190, 160)])
                draw.rectangle((x, floor - height, x + width, floor), fill=colour)
                draw.rectangle((x + 6, floor - height + 24, x + width - 6, floor - height + 60), fill=PAPER)
            x += width + 6
        draw.rectangle((0, floor, SIZE[0], floor + 10), fill=INK)


def _files(draw: ImageDraw.ImageDraw, random: Random) -> None:
    for layer in range(11):
        y = 790 - layer * 62
        left, right = 380 + random.randint(-30, 30), 1220 + random.randint(-30, 30)
        draw.rectangle(
            (left, y - 50, right, y), fill=random.choice([(226, 214, 186), (204, 190, 160), (186, 196, 190)])
        )
        draw.line((left, y, right, y), fill=INK, width=4)
    draw.line((800, 110, 800, 790), fill=WARM, width=12)
    draw.ellipse((760, 90, 800, 130), outline=WARM, width=10)
    draw.ellipse((800, 90, 840, 130), outline=WARM, width=10)


def _court(draw: ImageDraw.ImageDraw, random: Random) -> None:
    draw.rectangle((0, 620, SIZE[0], SIZE[1]), fill=(214, 204, 182))
    for column in range(6):
        x = 120 + column * 260
        draw.rectangle((x, 80, x + 60, 420), fill=(222, 214, 196))
    draw.rectangle((320, 400, 1280, 620), fill=ACCENT)
    draw.rectangle((290, 380, 1310, 410), fill=INK)
    for seat in range(3):
        x = 460 + seat * 280
        draw.rounded_rectangle((x, 250, x + 120, 385), radius=20, fill=WARM)
    draw.rectangle((760, 700, 850, 720), fill=INK)
    draw.rectangle((760, 600, 772, 840), fill=INK)
    draw.rectangle((838, 700, 850, 840), fill=INK)


def _columns(draw: ImageDraw.ImageDraw, random: Random) -> None:
    for bar in range(20):
        height = int(40 + 3.2 * bar**1.75) if bar < 17 else 0
        x = 120 + bar * 70
        draw.rectangle((x, 800 - height, x + 46, 800), fill=WARM if bar > 13 else ACCENT)
    draw.line((90, 800, 1540, 800), fill=INK, width=8)


DRAWINGS: dict[str, Callable[[ImageDraw.ImageDraw, Random], None]] = {
    "shelves": _shelves,
    "files": _files,
    "court": _court,
    "columns": _columns,
}
