/** Words after a number that change its value, in lower case. */
export const MULTIPLIERS: ReadonlySet<string> = new Set(
  `hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens bn mn mln mio tn
lakh lakhs crore crores hundert tausend tsd millionen milliarde milliarden mrd dutzend mille millier milliers milliard
milliards cent cents mil millón millones millon milhão milhões bilhão bilhões cien cientos mila milione milioni miliardo
miliardi duizend miljoen miljard тыс тысяч тысяча тысячи млн миллион миллиона миллионов млрд миллиард миллиардов`
    .split(/\s+/)
    // "cent" nearly always means money rather than a hundred.
    .filter((word) => word !== "cent" && word !== "cents"),
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
