"""Arabic: one letter for each family of letters, then light10, in an order that keeps whole words whole.

light10 (Larkey, Ballesteros, Connell 2007) cuts "and" (و) off every long word, so that وزارة
(ministry) and الوزارة (the ministry) part, and leaves وللأطفال. Here a letter is cut off the front
only together with an article, where it can't be part of the word; words with a preposition or
conjunction but no article are met from the query's side (``attached_forms``).
"""

from __future__ import annotations

import re

_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_TANWIN = re.compile("(?:ا\u064b|\u064bا)$")  # قسراً, عاماً: the ending of a case, where its sign is written
_LETTERS = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ہ": "ه",
        "ؤ": "ئ",  # مسؤول in one country is مسئول in the next
        "ـ": "",
    }
)
_ARTICLE = re.compile("^(?:[وف]?[بك]?ال|[وف]?لل)(?=..)")
# ل before a word that itself begins with ل and has the article: للاجئين is ل + اللاجئين, not لل + اجئين.
_OWN_LAM = re.compile("^[وف]?لل(?=اجئ|اجيء|بنان|بناني|جان|جنه|جوء|غه|قاء)")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "يا", "ه", "ي")
_LONG_ENDINGS = ("تان", "تين", "هما", "هم", "هن", "نا")
"""Two of a word in ة, and "their", "our": only where four letters stay, for فلسطين and متهم end so too."""
_ATTACHED = ("و", "ف", "ب", "ك", "ل", "ول", "وب")
SHORTEST, LONG_SHORTEST = 3, 4
# Words whose first letter is no preposition and whose ending is none; what is cut must leave them whole.
_WHOLE = frozenset(
    [
        "بادله",
        "برلمان",
        "بلاد",
        "بنان",
        "بيان",
        "فرنسا",
        "فساد",
        "كتاب",
        "كلام",
        "لبنان",
        "لجنه",
        "لجوء",
        "لسان",
        "مدني",
        "وزاره",
        "وزير",
        "وطن",
        "وفد",
        "ولد",
        "سوري",
        "شرطه",
    ]
)
# Plurals that change the word's inside and that reports can't do without, each with its singular. No rule finds it.
_PLURALS = {
    "ادله": "دليل",
    "اسري": "اسير",
    "اشخاص": "شخص",
    "اطباء": "طبيب",
    "اطفال": "طفل",
    "اعضاء": "عضو",
    "تقارير": "تقرير",
    "جرائم": "جريمه",
    "جرحي": "جريح",
    "جنود": "جندي",
    "حقوق": "حق",
    "رئساء": "رئيس",
    "رجال": "رجل",
    "سجناء": "سجين",
    "سجون": "سجن",
    "شهداء": "شهيد",
    "شهود": "شاهد",
    "صواريخ": "صاروخ",
    "ضباط": "ضابط",
    "ضحايا": "ضحيه",
    "قتلي": "قتيل",
    "قضاه": "قاض",
    "قوات": "قوه",
    "قوانين": "قانون",
    "مجازر": "مجزره",
    "محاكم": "محكمه",
    "مدارس": "مدرسه",
    "مدن": "مدينه",
    "مقابر": "مقبره",
    "هجوم": "هجمه",
    "وثائق": "وثيقه",
    # A policeman is of the police, and two words for a journalist are one.
    "شرطي": "شرطه",
    "شرطيه": "شرطه",
    "صحافي": "صحفي",
    "صحافيه": "صحفي",
    # With the article a woman loses her first letter (المرأة), and women share none with her.
    "مراه": "امراه",
    "نساء": "امراه",
    "نسوه": "امراه",
}
# What is left of them where a pronoun was cut off (حياته), and nothing else tells them from a plural in ات. By itself
# أدلت is a verb: she testified.
_BEFORE_PRONOUNS = {
    "ادلت": "دليل",
    "امرات": "امراه",
    "حيات": "حياه",
    "معانات": "معاناه",
    "وفات": "وفاه",
}
_STOP_WORDS = (
    "في من على إلى الى عن أن ان إن هذا هذه ذلك تلك التي الذي الذين ما لا لم لن هو هي هم كان كانت قد كل بعض أو او ثم"
    " بين مع عند بعد قبل غير حيث كما أي اي و ف ب ل"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


def normalise(word: str) -> str:
    """``word`` without diacritics and with one letter for each family; the same word for a reader."""
    return _MARKS.sub("", _TANWIN.sub("", word)).translate(_LETTERS)


def without_article(word: str) -> str:
    """A normalised ``word`` without ال, وال, بال, لل, ولل…, if enough of it stays."""
    if _OWN_LAM.match(word):
        return _OWN_LAM.sub("ل", word, count=1)
    return _ARTICLE.sub("", word, count=1)


def stem(word: str) -> str:
    """The light stem of a cleaned ``word``."""
    return _light(without_article(normalise(word)))


def attached_forms(word: str) -> list[str]:
    """Stems of the same word with a preposition, conjunction or pronoun written to it, and without the one that it has.

    For queries only: حقوق also finds لحقوق and وحقوق, لحقوق also finds حقوق. The index can't cut these
    letters off: in لبنان and برلمان they belong to the word. Nor can it make a ة of the ت in شهادته: in تصويته
    it belongs to the word too.
    """
    bare = without_article(normalise(word))
    if len(bare) < SHORTEST:
        return []
    base = _singular(bare) or bare
    bases = filter(None, dict.fromkeys((bare, base, _other_ending(base), _other_ending(bare))))
    found = [_light(a + each) for each in bases for a in ("", *_ATTACHED) if not _is_whole(a + each)]
    if bare == normalise(word) and not _is_whole(bare):
        rests = [bare[len(a) :] for a in _ATTACHED if bare.startswith(a) and len(bare) > len(a) + 3]
        found += [_light(each) for rest in rests for each in (rest, _other_ending(rest)) if each]
    own = _light(bare)
    return [form for form in dict.fromkeys(found) if form != own]


def _other_ending(word: str) -> str:
    """What a noun in ة is before a pronoun (شهادة: شهادت), such a noun without its pronoun (شهادته: شهادة), else empty.

    Not of three letters, whose ت is mostly their own (وقته, بيتها); behind ا it is the plural's.
    """
    own = _light(word)
    if own != word and own.endswith("ت"):
        other = f"{own[:-1]}ه"
    else:
        other = f"{word[:-1]}ت" if word.endswith("ه") and not word.endswith("اه") else ""
    return other if len(other) > SHORTEST else ""


def _is_whole(word: str) -> bool:
    return word in _WHOLE or f"{word}ه" in _WHOLE


def _singular(word: str) -> str:
    """The singular of a listed plural; a letter before one is surely attached (وأطفال). Empty for any other word.

    Not before one of three letters: ومدن is also what stays of ومدني. Nor in a word of its own: بادله, he exchanged with him.
    """
    rests = [] if word in _WHOLE else [word[len(letter) :] for letter in _ATTACHED if word.startswith(letter)]
    known = [word, *(rest for rest in rests if len(rest) > SHORTEST)]
    return next((_PLURALS[each] for each in known if each in _PLURALS), "")


def _light(word: str, *, was_cut: bool = False) -> str:
    """Cuts endings one after the other, so that فلسطينية, فلسطيني and فلسطين meet. ``was_cut``: there was one more."""
    singular = _singular(word) or (_BEFORE_PRONOUNS.get(word, "") if was_cut else "")
    if singular:
        return _light(singular)
    if word in _WHOLE:
        return word
    if word.endswith("ائ"):  # what an ending makes of اء: أبنائهم, أبناؤهم
        return _light(f"{word[:-1]}ء")
    if word[:-1] in _WHOLE or word[:-2] in _WHOLE:  # لبناني, لبنانية, سورية
        return word[:-1] if word[:-1] in _WHOLE else word[:-2]
    cut = next((e for e in _LONG_ENDINGS if word.endswith(e) and len(word) - len(e) >= LONG_SHORTEST), "")
    cut = cut or next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= SHORTEST), "")
    return _light(word[: -len(cut)], was_cut=True) if cut else word
