import Jobs
import Redaction
import Testing

@testable import KomodoClient

@Suite
struct HTTPTextTests {
    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
        ("Fri, 31 Dec 2100 23:59:60 GMT", 4_133_980_800),
    ])
    func datesAreRead(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.parse(text) == Timestamp(milliseconds: seconds * 1_000))
    }

    @Test(arguments: [
        "", "now", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func whatIsNoDateIsNone(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    static let now = Timestamp(milliseconds: 784_111_770_000)

    @Test(
        arguments: [
            ("12", Duration.seconds(12)), ("0", .zero), ("-3", .zero),
            ("1.5", .milliseconds(1_500)),
            ("99999999", Patience.max), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(7)),
            ("Sun, 06 Nov 1994 08:49:20 GMT", .zero), ("soon", nil), ("nan", nil), ("inf", nil),
        ] as [(String, Duration?)])
    func retryAfterIsSecondsOrADate(_ text: String, _ expected: Duration?) {
        #expect(Patience.fromHeader(text, now: Self.now) == expected)
    }

    @Test(
        arguments: [
            ("Too many attempts | Try again in 12s", Duration.seconds(12)),
            ("Too many attempts | Try again in 430ms", .milliseconds(430)),
            ("try again in 1m 30s.", .seconds(90)), ("Try again in 9h", Patience.max),
            ("Try again in 3.5s", .milliseconds(3_500)), ("Try again in a while", nil),
            ("Try again in ", nil), ("12s", nil), ("", nil),
        ] as [(String, Duration?)])
    func komodosTextTellsTheWait(_ text: String, _ expected: Duration?) {
        #expect(Patience.fromText(text) == expected)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a < b > c", "a < b > c"), ("<b>bold</b> text", "bold text"),
        (#"<span style="color: red">ERROR</span>: no"#, "ERROR: no"),
        (
            "<html><head><style>p{}</style><script>var a = '<b>';</script></head>\n<p>Gone</p>",
            "Gone"
        ),
        ("<script>never ends", ""), ("a\u{1B}[31mred\u{1B}[0m", "ared"), ("a\u{1B}7b", "ab"),
        ("a\u{7}\u{202E}b", "ab"), ("line\n\n  two\t3", "line two 3"),
        ("1 &lt; 2 &amp;&amp; 3", "1 < 2 && 3"), ("&unknown; &", "&unknown; &"),
        ("<", "<"), ("<a", "<a"), ("", ""), ("Vec<String> of <name>", "Vec<String> of <name>"),
        ("<!doctype html><title>502</title><h1>Bad</h1>x<br/>y", "502 Bad x y"),
        (String(repeating: "<p", count: 5), "<p<p<p<p<p"),
    ])
    func quotesArePlain(_ text: String, _ expected: String) {
        #expect(Quote.answer(text, redactor: Redactor()) == expected)
    }

    @Test
    func quotesAreShortWhateverComes() {
        let redactor = Redactor()
        for text in ["ä ", "<", "<p", "\u{1B}]"] {
            let long = String(repeating: text, count: 1_000_000)
            #expect(Quote.answer(long, redactor: redactor).count <= Quote.lengthMax)
            #expect(Quote.word(long).count <= Quote.lengthMax)
        }
        let bytes = [UInt8](repeating: 0xFF, count: 10_000_000)
        #expect(Quote.answer(bytes, redactor: redactor).count == Quote.lengthMax)
    }

    @Test
    func secretsAreMaskedWholeEvenWhenOneContainsTheOther() {
        let redactor = Redactor(secrets: ["abcdef", "abcdefgh"])
        #expect(
            Quote.answer("abcdefgh, abcdef, abc", redactor: redactor)
                == "[redacted], [redacted], abc")
    }

    @Test(arguments: 0...20)
    func theEndOfWhatIsReadShowsNoPartOfASecret(_ offset: Int) {
        let redactor = Redactor(secrets: ["s3cr3ts3cr3t"])
        let blank = String(repeating: " ", count: (64 << 10) - offset)
        let text = "a" + blank + "s3cr3ts3cr3t and more"
        for quote in [
            Quote.answer(text, redactor: redactor),
            Quote.answer(Array(text.utf8), redactor: redactor),
        ] {
            #expect(!quote.contains("s3"), "\(quote)")
        }
    }

    @Test
    func wordsKeepWhatIsNoMarkup() {
        #expect(Quote.word("<none>:<none>\u{7}\n x") == "<none>:<none> x")
    }

    @Test
    func theServersClockIsAveragedAndItsJumpsFollowed() {
        var clock = ServerClock()
        func shown() -> Int64? { clock.time(at: .seconds(50))?.milliseconds }
        #expect(shown() == nil)
        func add(_ date: Int64, _ start: Int64, _ end: Int64) {
            clock.add(
                date: Timestamp(milliseconds: date), between: .milliseconds(start),
                and: .milliseconds(end))
        }
        add(100_000, 50_000, 50_200)
        #expect(shown() == 100_400)
        add(101_000, 50_000, 50_200)
        #expect(shown() == 100_600)
        add(90_000, 50_000, 55_001)
        add(90_000, 50_000, 49_999)
        #expect(shown() == 100_600)
        add(200_000, 50_000, 50_200)
        #expect(shown() == 200_400)
        #expect(clock.time(at: .seconds(51))?.milliseconds == 201_400)
    }
}
