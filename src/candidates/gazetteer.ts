/** States, provinces and countries, as contracts and letterheads name them. Facts, one spelling each. */
const states =
  "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|" +
  "Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|" +
  "New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|" +
  "Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|District of Columbia|Puerto Rico|Guam|" +
  "Alberta|British Columbia|Manitoba|New Brunswick|Newfoundland and Labrador|Nova Scotia|Ontario|Prince Edward Island|Quebec|Québec|Saskatchewan|Yukon|" +
  "New South Wales|Queensland|South Australia|Tasmania|Western Australia|England and Wales|England|Scotland|Wales|Northern Ireland|" +
  "Baden-Württemberg|Bavaria|Bayern|Berlin|Brandenburg|Bremen|Hamburg|Hessen|Hesse|Mecklenburg-Vorpommern|Niedersachsen|Nordrhein-Westfalen|" +
  "Rheinland-Pfalz|Saarland|Sachsen-Anhalt|Sachsen|Saxony|Schleswig-Holstein|Thüringen|" +
  "Johor|Kedah|Kelantan|Malacca|Melaka|Negeri Sembilan|Pahang|Penang|Pulau Pinang|Perak|Perlis|Sabah|Sarawak|Selangor|Terengganu|" +
  "Hong Kong|Macau|Bermuda|Cayman Islands|British Virgin Islands|Jersey|Guernsey|Isle of Man|Gibraltar";
const countries =
  "Afghanistan|Albania|Algeria|Andorra|Angola|Antigua and Barbuda|Argentina|Armenia|Australia|Austria|Österreich|Azerbaijan|Bahamas|Bahrain|Bangladesh|" +
  "Barbados|Belarus|Belgium|Belgique|België|Belgien|Belize|Benin|Bhutan|Bolivia|Bosnia and Herzegovina|Botswana|Brazil|Brasil|Brunei|Bulgaria|" +
  "Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Cape Verde|Central African Republic|Chad|Chile|China|Colombia|Comoros|Congo|Costa Rica|Croatia|" +
  "Cuba|Cyprus|Czech Republic|Czechia|Denmark|Danmark|Djibouti|Dominica|Dominican Republic|Ecuador|Egypt|El Salvador|Equatorial Guinea|Eritrea|Estonia|" +
  "Eswatini|Ethiopia|Fiji|Finland|France|Frankreich|Gabon|Gambia|Germany|Deutschland|Allemagne|Alemania|Germania|Ghana|Greece|Grenada|Guatemala|Guinea|" +
  "Guyana|Haiti|Honduras|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Italia|Italien|Italie|Ivory Coast|Jamaica|Japan|Jordan|" +
  "Kazakhstan|Kenya|Kiribati|Kosovo|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Luxemburg|" +
  "Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Marshall Islands|Mauritania|Mauritius|Mexico|México|Micronesia|Moldova|Monaco|Mongolia|Montenegro|" +
  "Morocco|Mozambique|Myanmar|Namibia|Nauru|Nepal|Netherlands|The Netherlands|Nederland|Niederlande|Pays-Bas|New Zealand|Nicaragua|Niger|Nigeria|" +
  "North Korea|North Macedonia|Norway|Norge|Oman|Pakistan|Palau|Panama|Papua New Guinea|Paraguay|Peru|Philippines|Poland|Polska|Portugal|Qatar|Romania|" +
  "Russia|Russian Federation|Rwanda|Saint Lucia|Samoa|San Marino|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Slovakia|Slovenia|" +
  "Solomon Islands|Somalia|South Africa|South Korea|Republic of Korea|South Sudan|Spain|España|Spanien|Sri Lanka|Sudan|Suriname|Sweden|Sverige|" +
  "Switzerland|Schweiz|Suisse|Svizzera|Syria|Taiwan|Tajikistan|Tanzania|Thailand|Togo|Tonga|Trinidad and Tobago|Tunisia|Turkey|Türkiye|Turkmenistan|" +
  "Tuvalu|Uganda|Ukraine|United Arab Emirates|United Kingdom|United States|United States of America|Uruguay|Uzbekistan|Vanuatu|Vatican City|Venezuela|" +
  "Vietnam|Yemen|Zambia|Zimbabwe";

const kinds = new Map<string, "state" | "country">([
  ...states.split("|").map((name) => [name.toLowerCase(), "state"] as const),
  ...countries.split("|").map((name) => [name.toLowerCase(), "country"] as const),
]);

/** Longest first, so that "West Virginia" is not read as "Virginia". */
export const placeNames: readonly string[] = [...states.split("|"), ...countries.split("|")].toSorted(
  (a, b) => b.length - a.length,
);

const spellings = new Map(placeNames.map((name) => [name.toLowerCase(), name]));

/** The usual spelling and the kind of a place, however it is printed; null where none is called so. */
export function placeOf(printed: string): { readonly name: string; readonly kind: "state" | "country" } | null {
  const key = printed.toLowerCase().replaceAll(/\s+/g, " ");
  const name = spellings.get(key);
  const kind = kinds.get(key);
  return name === undefined || kind === undefined ? null : { name, kind };
}
