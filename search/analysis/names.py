"""Names that one person or place has in several spellings and scripts.

No safe general rule is to be had: a key of consonants makes Hassan and Hussein, Mali and Maliki one.
So the well-known names are listed, one class a line; a query for one of them asks for the others
too. Only the query is widened: the index keeps what was written, and nobody's name is changed.
Two rules need no list: an Arabic article before a hyphen may be left out (al-Assad is found by and
finds Assad), and ä, ö, ü may be written ae, oe, ue in any language: Müller asks for Mueller, and
Luebcke, with a capital as names have it, for Lubcke, which is Lübcke without its accent. In small
letters only what no other language writes counts by itself (juergen, koehler); guest is no gust.
"""

from __future__ import annotations

import re
from functools import lru_cache

from search.analysis.folding import clean, without_accents

# A class holds spellings of one name only. A word that is also an ordinary one in a language of the
# site (Omer, Said, Jan) stays out, unless it is in Arabic, where a name is nearly always a word too.
_CLASSES = """
muhammad mohammed mohamed mohammad muhammed mohamad mahomet محمد
ahmad ahmed achmed أحمد
mahmoud mahmud machmud محمود
hussein husain hussain husayn hussien حسين
hassan hasan حسن
abdullah abdallah abdulla عبد_الله
khaled khalid chaled خالد
yousef yusuf youssef yousuf يوسف
ibrahim ebrahim إبراهيم
ismail ismael esmail إسماعيل
mustafa mostafa moustafa مصطفى
suleiman sulayman soleiman سليمان
aisha aicha ayesha عائشة
fatima fatimah fatma فاطمة
assad asad alassad الأسد
bashar baschar bachar بشار
saddam sadam صدام
gaddafi qaddafi gadhafi kadhafi qadhafi gheddafi القذافي
arafat arafet عرفات
nasrallah nasralla نصر_الله
khashoggi chaschukdschi kashoggi خاشقجي
khamenei chamenei khameini خامنئي
khomeini chomeini خميني
qaida qaeda kaida القاعدة
hezbollah hizbullah hisbollah hizballah حزب_الله
daesh daech داعش
houthi huthi الحوثي
darfur darfour دارفور
aleppo alep halab حلب
damascus damaskus damas دمشق
homs hims حمص
falluja fallujah falludscha فلوجة
saydnaya sednaya sednaja saidnaya صيدنايا
kadyrov kadirow kadyrow kadirov кадыров قديروف
putin poutine путин بوتين
lukashenko lukaschenko loukachenko lukashenka лукашенко
zelensky zelenskyy selenskyj zelenski зеленский
navalny nawalny navalni навальный
gorbachev gorbatschow gorbatchev горбачев горбачёв
yeltsin jelzin eltsine ельцин
khodorkovsky chodorkowski khodorkovski ходорковский
politkovskaya politkowskaja politkovskaia политковская
chechnya tschetschenien tchetchenie chechenia чечня
srebrenica srebrenitsa сребреница
milosevic milosevitch miloschewitsch милошевић
karadzic karadjic karadschitsch караџић
muller mueller
schroder schroeder
schafer schaefer
kohler koehler
goring goering
gunter guenter gunther guenther
rudiger ruediger
bjorn bjoern
jorn joern
gotz goetz
kathe kaethe
kruger krueger
kramer kraemer
jager jaeger
forster foerster
schauble schaeuble
hubner huebner
moller moeller
zollner zoellner
hoss hoess
munchen muenchen
dusseldorf duesseldorf
nurnberg nuernberg
wurzburg wuerzburg
zurich zuerich
gottingen goettingen
tubingen tuebingen
lubeck luebeck
munster muenster
thuringen thueringen
wurttemberg wuerttemberg
ocalan oecalan
gulen guelen
"""
_ARTICLE = re.compile(r"(?:(?:al|el)|a(?P<sun>[dnrstz]|sh|th|dh)(?=[-\u2010\u2011](?P=sun)))[-\u2010\u2011](?=\w{3})")
# Not in Michael, Quentin, Values, Poets, nor in words that end as Spanish ones do (Fuego is no fuga).
_TYPED_UMLAUT = re.compile(r"(?<![aeiouyq])([aou])e(?=[^\W\d_aeiouy](?!s$)\w)(?!.*(?:[ao]|[aeo]s)$)")
# Of two vowels and what follows them only these are German alone: the Spanish fuerza, cuerdo and tuerca are none.
_GERMAN_UMLAUT = re.compile(r"(?<![aeiouyq])([aou])e(?=h[^\W\d_aeiouy]|ck|ch|rg|rk|ln)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def other_spellings(word: str) -> list[str]:
    """Other ways to write ``word``, one typed word, where it is a name that is known in several."""
    lower = word.strip(".").casefold()
    bare = _ARTICLE.sub("", lower, count=1)
    found = [bare] if bare != lower else []
    folded = clean(bare)
    known = _classes().get(without_accents(folded), ())
    found += known
    umlauts = folded.translate(_UMLAUTS)
    if umlauts != folded:
        found.append(umlauts)
    if not (known or " " in word):
        umlaut = _TYPED_UMLAUT if word[:1].isupper() and not word.isupper() else _GERMAN_UMLAUT
        without, changes = umlaut.subn(r"\1", folded)
        if changes:
            found.append(without)
    return [each for each in dict.fromkeys(found) if each != lower]


@lru_cache(maxsize=1)
def _classes() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for line in _CLASSES.split("\n"):
        names = tuple(name.replace("_", " ") for name in line.split())
        known |= {without_accents(clean(name)): names for name in names}
    return known
