import Testing

@testable import Bootstrap

@Suite(.timeLimit(.minutes(2)))
struct SettingsPartsTests {
    @Test(arguments: [
        ("https://Komodo.Example.com", "https://komodo.example.com"),
        ("HTTP://a:80/", "http://a"),
        ("http://a:443//", "http://a:443"),
        ("https://a:443/Base/Path///", "https://a/Base/Path"),
        ("https://a:09120", "https://a:9120"),
        ("http://[FE80::1]:9120/x", "http://[fe80::1]:9120/x"),
        (" http://localhost:9120 \n", "http://localhost:9120"),
        ("http://a:", "http://a"),
    ])
    func urlsHaveOneSpelling(text: String, expected: String) throws {
        #expect(try KomodoURL.normalize(text) == expected)
        #expect(try KomodoURL.normalize(expected) == expected)
    }

    @Test(arguments: [
        ("a.example", KomodoURL.Fault.scheme), ("ftp://a", .scheme), ("", .scheme),
        ("http://u@a", .userinfo), ("http://u:p@a/x", .userinfo), ("http://", .host),
        ("http:///x", .host), ("http://a b", .host), ("http://münchen.de", .host),
        ("http://a%41", .host), ("http://[::1", .host), ("http://a:0", .port),
        ("http://a:65536", .port), ("http://a:x", .port), ("http://[::1]x", .port),
        ("http://a/?q", .query), ("http://a#f", .query), ("http://a/b c", .path),
        ("http://a/../b", .path), ("http://a\\b", .path),
    ])
    func otherAddressesAreRefused(text: String, expected: KomodoURL.Fault) {
        #expect(throws: expected) { try KomodoURL.normalize(text) }
    }

    @Test(arguments: [
        ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
        ("1h30m", 5_400_000), ("0s", 0),
    ])
    func durationsAreRead(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "5", "s", "-1s", "1.5s", "1 s", "1w", "1s2", "99999999999999999999s", "9999999d",
    ])
    func otherTextsAreNoDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (250, "250ms"), (90_000, "90s"), (7_200_000, "2h"), (86_400_000, "1d"),
    ])
    func durationsAreWrittenInWholeUnits(milliseconds: Int, expected: String) {
        #expect(DurationText.format(.milliseconds(milliseconds)) == expected)
    }

    @Test func environmentFilesAreRead() {
        let text = """
            # comment
            A=1
            export B = two words # comment
            C='single # $x' rest
            D="a\\nb \\"q\\" \\\\"
            E=x#y
            F=
            A=last
            no equals
            =x
            """
        #expect(
            EnvironmentFile.parse(text) == [
                "A": "last", "B": "two words", "C": "single # $x", "D": "a\nb \"q\" \\",
                "E": "x#y", "F": "",
            ])
    }

    @Test func aDirectoryNamedLikeAnEnvironmentFileIsNoFault() throws {
        let sandbox = try Sandbox()
        try sandbox.write(".env/bin/python", "")
        #expect(try sandbox.load().warnings.isEmpty)
    }
}
