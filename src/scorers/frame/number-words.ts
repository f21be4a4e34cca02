/** Words after a number that change its value, in lower case. "cent" is not among them: it nearly always means money. */
export const MULTIPLIERS: ReadonlySet<string> = new Set(
  `hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens bn mn mln mio
tn lakh lakhs crore crores hundert tausend tsd millionen milliarde milliarden mrd dutzend mille millier milliers
milliard milliards quadrillion quadrillions quintillion billiarde billiarden mil millón millones millon milhão
milhões bilhão bilhões cien cientos mila milione milioni miliardo miliardi duizend miljoen miljard тыс тысяч тысяча
тысячи млн миллион миллиона миллионов млрд миллиард миллиардов миллиарда трлн триллион триллионов тисяч мільйон
мільйонів мільярд мільярдів milhares tysięcy tysiące tysiąc tys milion miliony milionów miliard miliardy miliardów
milión milióny miliónov miliardů milionů tisíc miljon miljoner miljarder tusen tusind million millioner milliarder
milliardia miljoonaa miljoona miljardia tuhatta tuhat ezer millió milliárd bin milyon milyar trilyon nghìn ngàn
triệu tỷ ribu juta miliar χιλιάδες εκατομμύρια εκατομμύριο δισεκατομμύρια ألف آلاف مليون ملايين مليار אלף אלפים
מיליון מיליארד`.split(/\s+/),
);

/**
 * Words after a number that make it the numerator of a fraction, in lower case. "quarters" is not one of them, because
 * "3 quarters" usually means quarters of a year.
 */
export const FRACTIONS: ReadonlySet<string> = new Set(
  `halves thirds fifths sixths sevenths eighths ninths tenths twelfths hundredths thousandths millionths
drittel fünftel sechstel achtel zehntel hundertstel tausendstel tercios quintos décimos cinquièmes dixièmes`.split(
    /\s+/,
  ),
);

/** The last word of a mixed number, in lower case: 2 and a half, 2 and three quarters. */
export const MIXED_FRACTIONS: ReadonlySet<string> = new Set(["half", "quarter", "quarters", ...FRACTIONS]);

/** Words before a number that make it negative, in lower case. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  "minus negative moins menos meno minús минус".split(" "),
);

const PREFIXES = [
  "",
  "n",
  "\u00b5",
  "\u03bc",
  "u",
  "m",
  "c",
  "d",
  "da",
  "h",
  "k",
  "g",
  "t",
  "p",
  "ki",
  "mi",
  "gi",
  "ti",
];
const BASES = "m g l s a v w j n pa hz b bit bits byte bytes bps ohm wh ah va f mol cal bar eur usd".split(
  " ",
);

/** Units written directly after a number, in lower case. */
export const UNITS: ReadonlySet<string> = new Set([
  ...PREFIXES.flatMap((prefix) => BASES.map((base) => prefix + base)),
  ..."am bpm c cal ct cts d dpi db deg f ft fl fps gal h hr hrs ha in inch inches kmh kph lb lbs lm lx mb mbit".split(
    " ",
  ),
  ..."mi min mins mph mth nd nm nmi o oz p pcs pct pm pp ppb ppm ppi pt pts px q qt r rad rd rem em rpm sec secs".split(
    " ",
  ),
  ..."sq st stk std tbsp th tsp uhr vh vol vw w wk wks x y yd yds yr yrs er e ers eme ieme t lei k\u010d".split(
    " ",
  ),
  ..."days day hours hour minutes minute seconds second weeks week months month years year kcal kwh mwh gwh mw gw".split(
    " ",
  ),
  ..."points point items item euro euros dollar dollars cent cents pence kr z\u0142 \u00ba \u00aa".split(" "),
]);
