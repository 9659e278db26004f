/*
 * Passwords that people really use. The long ones and most of the words come from the list of zxcvbn 4.4.2:
 *
 * Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.
 *
 * Permission is hereby granted, free of charge, to any person obtaining
 * a copy of this software and associated documentation files (the
 * "Software"), to deal in the Software without restriction, including
 * without limitation the rights to use, copy, modify, merge, publish,
 * distribute, sublicense, and/or sell copies of the Software, and to
 * permit persons to whom the Software is furnished to do so, subject to
 * the following conditions:
 *
 * The above copyright notice and this permission notice shall be
 * included in all copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
 * EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
 * MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
 * LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION
 * OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
 * WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */
#include "lib/tenant/password_internal.h"

/* clang-format off */

/* Of 12 characters and more, in the order of bytes. */
const char *const common_passwords[] = {
	"010203040506", "012345678910", "014702580369", "01telemike01", "102030405060", "1111111111zz", "111222333000",
	"111222333444555", "112233445566", "122333444455555", "123123qweqwe", "123321456654", "123321qweewq",
	"123456654321", "123456782000", "1234567887654321", "123456789000", "12345678900987654321", "1234567890987654321",
	"1234567890qaz", "1234567890qw", "1234567890qwe", "1234567890qwerty", "1234567890zzz", "123456789101",
	"123456789123", "1234567892000", "12345678987654321", "123456789987654321", "123456789abc", "123456789asd",
	"123456789qaz", "123456789qqq", "123456789qwe", "123456789qwer", "123456789qwerty", "123456789zxc",
	"1234567qwertyu", "123456qwerty", "1234qwerasdf", "1234qwerasdfzxcv", "123qwe456rty", "123qweasdzxc",
	"123qwerty123", "12qw34er56ty", "159753456852", "1a2s3d4f5g6h", "1q2w3e4r5t6y", "1qa2ws3ed4rf", "1qa2ws3ed4rf5tg",
	"1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1qazxsw23edc", "1qazxsw23edcvfr4", "23176djivanfros", "31217221027711",
	"32615948worms", "41d8cd98f00b", "4815162342lost", "541233432442", "59382113kevinp", "742617000027",
	"89231243658s", "89876065093rax", "a1s2d3f4g5h6", "abc123456789", "admin18533362", "amadeusptfcor",
	"an83546921an13", "andrewjackie", "antananarivu", "asdfgh123456", "asdfghjkl123", "auckland2010", "avrillavigne",
	"bltynbabrfwbz", "boy4u2ownnyc", "bpgjldsgjldthnf", "businessbabe", "chickenwing101", "christopher1",
	"cjdthitycndj", "combat123654", "contortionist", "corperfmonsy", "counterstrike", "devilmaycry4", "digitalprodu",
	"dkflbvbhjdbx", "dkflbvbhjdyf", "domainlock2005", "finalfantasy", "fkmnthyfnbdf", "fktrcfylhjdbx", "fktrcfylhjdf",
	"fktrcfylhjdyf", "flvbybcnhfnjh", "frederiksberg", "fucktheworld", "fuckyoubitch", "fynfyfyfhbde", "gfhjkmgfhjkm",
	"ghbdtnghbdtn", "ghbdtnrfrltkf", "ghhh47hj7649", "ghjcnjgbpltw", "ghjcnjgfhjkm", "ghjcnjghjcnj", "ghjcnjqgfhjkm",
	"ghjcnjrdfibyj", "ghjnbdjcnjzybt", "gjkysqgbpltw", "greenlantern", "gtnhjpfdjlcr", "hd764nw5d7e1vb1",
	"hedimaptfcor", "iampurehaha2", "iloveboobies", "ilovemyfamily", "ingodwetrust", "installdevic", "installsqlst",
	"iseedeadpeople", "jamesbond007", "justinbieber", "leavemealone", "lhbjkjubz2957704", "lost4815162342",
	"lytghjgtnhjdcr", "mailcreated5240", "maprchem56458", "massimiliano", "masterbaiting", "masterbating",
	"masturbation", "maurolarastefy", "mevefalkcakk", "michaeljackson", "minecraft123", "minnesota_hp",
	"momsanaladventure", "morganstanley", "mortalkombat", "msorcloledbr", "needforspeed", "nemvxyheqdd5oqxyxyzi",
	"networkingpe", "newproject2004", "nhecsyfujkjdt", "nhfdvfnjkju123", "nhfycajhvths", "nightcrawler",
	"nondriversig", "olcrackmaster", "ontheoutside", "p030710p$e4o", "paraklast1974", "password1234",
	"passwordstandard", "peanutbutter", "playstation2", "playstation3", "polniypizdec0211", "polniypizdec110211",
	"pornographic", "ptybnxtvgbjy", "punksnotdead", "q1w2e3r4t5y6", "q1w2e3r4t5y6u7", "q1w2e3r4t5y6u7i8",
	"q1w2e3r4t5y6u7i8o9p0", "qawsedrftgyh", "qaz123wsx456", "qazwsxedc123", "qazwsxedcrfv", "qazwsxedcrfvtgb",
	"qazxswedc123", "qazxswedcvfr", "qwaszxerdfcv", "qweasdzxc123", "qwerasdfzxcv", "qwertasdfgzxcvb", "qwerty123456",
	"qwerty123456789", "qwertyasdfgh", "qwertyuiop10", "qwertyuiop12", "qwertyuiop123", "qwertyuiop12345",
	"qwertyytrewq", "residentevil", "rfnthbyf1988", "sanfrancisco", "saun24865709", "schoolgirlie", "seemnemaailm",
	"sojdlg123aljg", "sonnenschein", "sonyericsson", "specialinsta", "stickdaddy77", "stinkyfinger", "stratocaster",
	"systemofadown", "temppassword", "thecakeisalie", "ticketmaster", "vanyarespekt", "vfhbyfvfhbyf", "vfrcbvvfrcbv",
	"vfvfvskfhfve", "vladimirovna", "warhammer40k", "wazzkaprivet", "websolutions", "websolutionssu", "webuivalidat",
	"weihnachtsbau", "weihnachtsbaum", "whosyourdaddy", "xxxp455w0rd5", "z1x2c3v4b5n6m7", "zaq1xsw2cde3",
	"zaqwsxcderfv", "zcfvfzkexifz", "zqjphsyf6ctifgu", "zxcasdqwe123", "zxcvbn123456", "zxcvbnm123456789",
};
const size_t common_password_count = COUNT_OF(common_passwords);

/* Words that carry a password only with digits and signs around them, in the order of bytes. */
const char *const common_words[] = {
	"aardvark", "access", "accord", "action", "adgjmptw", "adidas", "admin", "administrator", "airborne", "airforce",
	"airplane", "alabama", "alaska", "alejandr", "aleksandr", "alexande", "alexandr", "alexis", "alpha", "alpine",
	"amateur", "america", "anakin", "andrei", "andrey", "angel", "angels", "animal", "apache", "apollo", "apple",
	"apples", "april", "aragorn", "arizona", "arsenal", "asdasd", "asdfasdf", "asdfg", "asdfgh", "asdfghj",
	"asdfghjk", "asdfghjkl", "assassin", "asshole", "assman", "atlanta", "atlantis", "august", "austin", "autumn",
	"avalon", "avatar", "awesome", "azerty", "babes", "babydoll", "babygirl", "babylon", "badass", "badboy", "badger",
	"baller", "balls", "bambam", "banana", "bandit", "barbie", "barcelona", "barney", "baseball", "basket",
	"basketba", "bassman", "bastard", "batman", "beagle", "beatles", "beauty", "beaver", "beavis", "beetle", "berlin",
	"bigboobs", "bigboy", "bigcock", "bigdaddy", "bigdick", "bigdog", "bigfoot", "bigmac", "bigman", "bigone",
	"bigred", "bigtits", "billybob", "birdie", "bitch", "bitches", "biteme", "blabla", "blackie", "blahblah",
	"blaster", "blazer", "blessed", "blizzard", "blonde", "blondie", "blowjob", "blowme", "bluebird", "bluemoon",
	"bluesky", "bobafett", "bobcat", "boiler", "bollocks", "bomber", "bondage", "bonehead", "boobies", "booboo",
	"boobs", "booger", "boogie", "boomer", "booty", "boston", "bowling", "brandy", "braves", "brazil", "britney",
	"bronco", "broncos", "brooklyn", "browns", "bruins", "brutus", "bubba", "bubble", "bubbles", "buckeye",
	"buckeyes", "buddha", "buddy", "budlight", "buffalo", "bulldog", "bulldogs", "bullet", "bullshit", "bunny",
	"burger", "business", "buster", "butter", "butterfl", "butterfly", "butthead", "cactus", "cadillac", "caesar",
	"camaro", "cameron", "canada", "cancer", "captain", "cardinal", "carolina", "cartman", "caserta", "casino",
	"casper", "cassie", "catdog", "catfish", "cavalier", "cdtnkfyf", "celtic", "cessna", "champion", "changeme",
	"charger", "charlie", "charlott", "cheese", "chelsea", "cherokee", "cherry", "chester", "chevelle", "chevy",
	"cheyenne", "chicago", "chichi", "chicken", "chicks", "chiefs", "chipper", "chocolat", "chopper", "chrissy",
	"christ", "christia", "christin", "christop", "chronic", "cjkysirj", "classic", "cobra", "cocacola", "coffee",
	"colorado", "colors", "company", "compaq", "computer", "concrete", "connect", "connor", "consumer", "cookie",
	"cookies", "cooling", "copper", "corona", "corvette", "cougar", "cowboy", "cowboys", "coyote", "creative",
	"cricket", "cthutq", "cumshot", "dakota", "dallas", "dancer", "danger", "darkness", "darkside", "darkstar",
	"dbrnjhbz", "december", "default", "defender", "deftones", "delta", "demand", "demandengine", "desire", "destiny",
	"detroit", "devildog", "devils", "dexter", "dfvgbh", "diablo", "diamond", "diamonds", "dickhead", "diesel",
	"dietcoke", "digger", "digital", "dilbert", "disney", "doctor", "dodger", "dodgers", "doggie", "doggy", "dollar",
	"dolphin", "dolphins", "domino", "donkey", "dragon", "dragons", "dreamer", "dreams", "driver", "drowssap",
	"drpepper", "drummer", "ducati", "eagle", "eagles", "eatme", "eclipse", "einstein", "electric", "element",
	"elephant", "elizabet", "emerald", "eminem", "empire", "engineer", "enigma", "enter", "enterpri", "erotic",
	"escort", "everton", "exigen", "explorer", "express", "extreme", "falcon", "fantasy", "fatboy", "fatcat",
	"february", "fender", "ferrari", "fetish", "ficken", "finger", "fireball", "firebird", "fireman", "fishing",
	"fktrcfylh", "fktrctq", "flash", "flatron", "flipper", "florida", "flower", "fluffy", "flyers", "foobar",
	"football", "forest", "forever", "freaky", "freddy", "freedom", "freepass", "freeuser", "friday", "froggy",
	"fucked", "fucker", "fucking", "fuckit", "fuckme", "fuckoff", "fuckyou", "furnace", "fyfcnfcbz", "fylhtq",
	"galaxy", "galina", "galore", "gambit", "gandalf", "garden", "garfield", "gateway", "gators", "gemini", "genesis",
	"genius", "geronimo", "gfhjkm", "ghbdtn", "ghbdtnbr", "giants", "ginger", "girls", "gizmo", "goblue", "goddess",
	"godzilla", "goforit", "golden", "goldfish", "golfer", "goober", "google", "greenday", "guinness", "guitar",
	"gundam", "gunner", "hacker", "hamlet", "hammer", "hamster", "hannah", "hansolo", "hardcore", "hardon", "harley",
	"hawaii", "hawkeye", "heating", "heaven", "hellfire", "hello", "helpme", "hendrix", "hentai", "hercules",
	"hesoyam", "highland", "hiphop", "hitman", "hjvfirf", "hobbes", "hobbit", "hockey", "holiday", "hollywoo",
	"honda", "hongkong", "hooker", "hooters", "hornet", "horney", "horny", "horse", "horses", "hotdog", "hotrod",
	"hotsex", "hotstuff", "hottie", "hummer", "hunter", "hunting", "huskers", "hvac", "ibanez", "icecream", "iceman",
	"iloveu", "iloveyou", "immortal", "impala", "indiana", "indians", "indigo", "inferno", "infinity", "insane",
	"integra", "internet", "irina", "ironman", "italia", "iwantu", "jackass", "jaguar", "jamaica", "january",
	"jasmine", "jasper", "jester", "joker", "jordan", "juice", "july", "jumper", "june", "jungle", "junior",
	"jupiter", "justice", "justme", "juventus", "karate", "karina", "katana", "kawasaki", "killer", "kingkong",
	"kirill", "kissme", "kitten", "kitty", "klaster", "knicks", "kodiak", "lacrosse", "ladybug", "lakers", "lancer",
	"larisa", "lasvegas", "leather", "legend", "lennon", "lesbian", "lestat", "letmein", "liberty", "lickme",
	"lifehack", "lights", "liverpoo", "liverpool", "lizard", "login", "logitech", "lollol", "london", "lonewolf",
	"longhorn", "loser", "lovely", "loveme", "lover", "loverboy", "lovers", "loveyou", "lucifer", "lucky", "machine",
	"maddie", "maddog", "madison", "madman", "madmax", "madness", "madonna", "maggie", "magic", "magnum", "maiden",
	"maksim", "malibu", "manchester", "manson", "manutd", "marathon", "march", "marina", "marine", "marines",
	"marino", "marlboro", "marley", "maryjane", "master", "matrix", "maverick", "maxima", "maximus", "maxwell",
	"mercedes", "mercury", "merlin", "metallic", "metallica", "mexico", "michigan", "mickey", "microsoft", "midnight",
	"minecraft", "mister", "mistress", "mnbvcxz", "monday", "money", "mongoose", "monitor", "monkey", "monster",
	"montana", "montreal", "mookie", "moose", "morpheus", "mother", "motorola", "mountain", "mouse", "mozart",
	"muffin", "mulder", "mustang", "mylove", "naked", "naruto", "nascar", "nastya", "natali", "natasha", "naughty",
	"nemesis", "newport", "newyork", "nfnmzyf", "nicola", "nigger", "nikita", "nintendo", "nipple", "nipples",
	"nirvana", "nissan", "nolimit", "november", "nugget", "october", "oksana", "oliver", "omega", "onelove", "online",
	"openup", "orange", "outlaw", "overlord", "packard", "packers", "pakistan", "paladin", "panama", "pandora",
	"pantera", "panther", "panthers", "panties", "panzer", "paradise", "pascal", "passat", "passion", "passport",
	"passwor", "password", "passwort", "patches", "patriots", "pavilion", "peaches", "peanut", "pearljam", "pebbles",
	"peekaboo", "peewee", "pegasus", "pencil", "penguin", "penis", "pepper", "pepsi", "pervert", "phantom", "philips",
	"phoenix", "phpbb", "picard", "pickle", "pickles", "piglet", "pimpin", "pioneer", "pirate", "pitbull", "pizza",
	"planet", "plastic", "platinum", "playboy", "player", "plumber", "plumbing", "poison", "poiuyt", "pokemon",
	"polaris", "police", "polina", "pontiac", "poohbear", "pookie", "poopoo", "popcorn", "popeye", "porno",
	"pornstar", "porsche", "portugal", "precious", "predator", "prelude", "presario", "prince", "princess", "private",
	"psycho", "pumpkin", "purple", "pussies", "pussy", "pussycat", "pussys", "pyramid", "qawsed", "qazqaz", "qazwsx",
	"qazwsxedc", "qazxsw", "qazxswedc", "qwaszx", "qweasd", "qweasdzxc", "qweqwe", "qwert", "qwerty", "qwertyu",
	"qwertyui", "qwertyuiop", "rabbit", "racecar", "racing", "raider", "raiders", "rainbow", "random", "ranger",
	"rangers", "raptor", "rascal", "raven", "reaper", "reddog", "redhead", "redman", "redneck", "redrum", "redskins",
	"redsox", "redwings", "renegade", "rhbcnbyf", "ripper", "rocker", "rocket", "rocks", "rockstar", "rolltide",
	"rommel", "ronaldo", "rooster", "rosebud", "rubber", "rulez", "runner", "ruslan", "russia", "sailing", "sailor",
	"saints", "sakura", "samantha", "samson", "samsung", "samurai", "sandman", "saturday", "saturn", "scarface",
	"scooby", "scooter", "scorpio", "scorpion", "scotland", "scotty", "scully", "seattle", "secret", "security",
	"seminole", "semperfi", "september", "serega", "serenity", "sergey", "service", "sexsex", "sexual", "shadow",
	"shaggy", "shamrock", "shelby", "sherlock", "shithead", "shooter", "shorty", "shotgun", "siemens", "sierra",
	"signup", "silver", "simple", "simpsons", "skater", "skeeter", "skipper", "skippy", "skyline", "slayer",
	"slipknot", "sluts", "smiles", "smiley", "smitty", "smoke", "smokey", "smooth", "snake", "snakes", "snatch",
	"snickers", "sniper", "snoopy", "snowball", "snowman", "soccer", "softball", "software", "soldier", "sophie",
	"spanky", "sparky", "spartak", "spartan", "speedy", "spider", "spiderma", "spiderman", "spike", "spirit",
	"spitfire", "spooky", "spring", "spunky", "spyder", "squirt", "srinivas", "stalker", "stallion", "stargate",
	"startrek", "starwars", "stealth", "steelers", "stephani", "sticky", "stinger", "stingray", "stinky", "stones",
	"storm", "stormy", "strike", "stupid", "subaru", "sublime", "success", "sucker", "suckit", "suckme", "sugar",
	"summer", "sundance", "sunday", "sunset", "sunshine", "super", "superfly", "superman", "surfer", "suzuki",
	"svetlana", "sweetpea", "sweety", "swimming", "swinger", "swordfis", "swordfish", "sydney", "target", "tarheels",
	"tarzan", "tattoo", "taurus", "teacher", "techno", "teens", "temporary", "tennis", "tester", "testing", "texas",
	"thailand", "theman", "theone", "therock", "thuglife", "thumper", "thunder", "thursday", "tickle", "tiger",
	"tigers", "tigger", "timber", "tinker", "tintin", "titanic", "titans", "tomcat", "topgun", "tornado", "toronto",
	"toshiba", "toyota", "transam", "travel", "trfnthbyf", "trigger", "trinity", "triumph", "trixie", "trojan",
	"trombone", "trooper", "trouble", "truck", "trucker", "trucks", "trumpet", "trunks", "tuesday", "turbo", "turkey",
	"turtle", "tweety", "ultimate", "unicorn", "vagina", "valentin", "valentina", "valera", "vampire", "vegeta",
	"veronika", "vfhbyf", "vfrcbv", "vfvjxrf", "victory", "viking", "vikings", "viktor", "viper", "virgin", "vision",
	"vladimir", "voodoo", "voyager", "wanker", "warcraft", "warlock", "warrior", "weasel", "wednesday", "welcome",
	"westham", "westside", "wetpussy", "whatever", "whiskey", "whore", "whynot", "wicked", "wildcat", "wildcats",
	"willow", "windows", "winner", "winston", "winter", "wizard", "wolfgang", "wolfpack", "wolverin", "wolves",
	"wombat", "woody", "wordpass", "wrangler", "wutang", "xavier", "xfiles", "yamaha", "yankee", "yankees", "ybrbnf",
	"yellow", "yfnfif", "yomama", "ytrewq", "zaqwsx", "zeppelin", "zipper", "zombie", "zxcvbn", "zxcvbnm",
};
const size_t common_word_count = COUNT_OF(common_words);

/* clang-format on */
