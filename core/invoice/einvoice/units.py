"""Units of measure as UN/ECE Recommendation 20 and 21 code them, by the words that invoices print."""

from __future__ import annotations

from core.notation.folding import fold

#: “One”: what is counted, whatever it is.
ONE = "C62"
_WORDS = {
    "H87": "pc pcs pce piece pieces ea each stk stck stueck stück st stuks stuk pz pza pezzo pezzi pieza piezas piece pièce "
    "pièces ud uds unidad unidades un und unid unit units unite unité unités szt ks kpl db buc adet tk",
    "HUR": "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren godz timer tim",
    "DAY": "d day days tag tage jour jours dia dias día días giorno giorni dag dagen dni",
    "WEE": "week weeks woche wochen semaine semaines semana semanas settimana settimane",
    "MON": "month months monat monate mois mes meses mese mesi maand maanden",
    "ANN": "year years jahr jahre an ans année año años anno anni jaar",
    "MIN": "min minute minutes minuten minuti minutos",
    "KGM": "kg kgs kilo kilogram kilogramm",
    "GRM": "g gr gram gramm",
    "TNE": "t to ton tonne tonnen tonnes",
    "LTR": "l ltr lt liter litre litres litro litri litros",
    "MTR": "m mtr meter metre mètre mètres metro metri metros lfm",
    "MTK": "m2 m² qm sqm",
    "MTQ": "m3 m³ cbm",
    "KMT": "km",
    "CMT": "cm",
    "MMT": "mm",
    "KWH": "kwh",
    "SET": "set sets satz",
    "PR": "pair pairs paar paire paires par",
    "XBX": "box boxes karton kartons kiste boîte caja scatola doos ctn",
    "XPK": "pack packs pkg package packung paket paquet paquete pak",
    "XPX": "pallet pallets palette paletten",
    "XBO": "bottle bottles flasche flaschen fl bouteille bouteilles",
    "LS": "ls psch pauschal pauschale flat lump forfait",
    "P1": "% percent prozent",
}
_CODES = {fold(word): code for code, words in _WORDS.items() for word in words.split()}


def unit_code(printed: str | None) -> str:
    """The code of a unit as printed; “one” for none and for what is not known, which counts without naming."""
    return _CODES.get(fold(printed), ONE) if printed else ONE
