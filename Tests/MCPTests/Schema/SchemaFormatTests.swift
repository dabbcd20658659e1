import JSON
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct SchemaFormatTests {
    @Test(arguments: [
        (SchemaFormat.dateTime, "2026-01-31T09:30:00Z"),
        (.dateTime, "2026-01-31t09:30:00.123456-08:00"),
        (.dateTime, "1998-12-31T23:59:60Z"), (.date, "2024-02-29"), (.date, "2000-02-29"),
        (.time, "23:59:60+00:00"), (.time, "00:29:60-23:30"), (.time, "09:30:00z"),
        (.email, "first.last+tag@sub.example.com"), (.email, "a@localhost"),
        (.email, #""a b"@example.com"#), (.email, "a@[192.0.2.1]"), (.email, "a@[IPv6:::1]"),
        (.uri, "komodo://jobs/1/log"), (.uri, "urn:a:b"), (.uri, "http://[::1]:80/?a=b#c"),
        (.uri, "http://u:p@h.example/%20"), (.uri, "mailto:a@b"), (.uri, "http://[v1.a:b]/"),
        (.uuid, "123e4567-E89B-12d3-a456-426614174000"),
        (.ipv4, "0.0.0.0"), (.ipv4, "255.255.255.255"),
        (.ipv6, "::"), (.ipv6, "::1"), (.ipv6, "2001:db8::1"), (.ipv6, "1:2:3:4:5:6:7:8"),
        (.ipv6, "::ffff:192.0.2.1"), (.ipv6, "1::"), (.ipv6, "1:2:3:4:5:6:192.0.2.1"),
    ])
    func textsOfAFormatAreAccepted(format: SchemaFormat, text: String) throws {
        #expect(format.accepts(text))
        let schema = try JSONSchema(["format": .string(format.rawValue)], checking: [format])
        #expect(schema.accepts(.string(text)))
        #expect(schema.accepts(1))
    }

    @Test(arguments: [
        (SchemaFormat.dateTime, "2026-01-31"), (.dateTime, "2026-01-31 09:30:00Z"),
        (.dateTime, "2026-01-31T09:30:00"), (.dateTime, "2026-13-01T00:00:00Z"),
        (.dateTime, "2026-01-31T09:30:00.Z"), (.date, "2026-02-29"), (.date, "1900-02-29"),
        (.date, "2026-1-1"), (.date, "2026-00-10"), (.date, "2026-01-32"), (.date, "২০২৬-01-01"),
        (.time, "24:00:00Z"), (.time, "22:59:60Z"), (.time, "23:59:60+01:00"), (.time, "09:30Z"),
        (.time, "09:30:00+24:00"), (.email, "a"), (.email, "@example.com"), (.email, "a@"),
        (.email, ".a@example.com"), (.email, "a..b@example.com"), (.email, "a b@example.com"),
        (.email, "a@-b.com"), (.email, "a@[300.0.0.1]"), (.email, #""a@example.com"#),
        (.email, "ä@example.com"), (.uri, "/a"), (.uri, "a"), (.uri, "http://a b"),
        (.uri, "http://a/%4"), (.uri, "http://[::1"), (.uri, "http://a:x/"), (.uri, "1a:b"),
        (.uri, "http:/[a]"), (.uri, "http://é/"), (.uuid, "123e4567e89b12d3a456426614174000"),
        (.uuid, "123e4567-e89b-12d3-a456-42661417400g"), (.ipv4, "1.2.3"), (.ipv4, "1.2.3.256"),
        (.ipv4, "01.2.3.4"), (.ipv4, "1.2.3.4.5"), (.ipv4, "1..3.4"), (.ipv6, ""), (.ipv6, ":"),
        (.ipv6, "1::2::3"), (.ipv6, "1:2:3:4:5:6:7"), (.ipv6, "12345::"), (.ipv6, ":1::2"),
        (.ipv6, "1:2:3:4:5:6:7:8:9"), (.ipv6, "192.0.2.1::"), (.ipv6, "::1%eth0"),
        (.ipv6, "1:2:3:4:5:6:7::8"), (.ipv6, "::192.0.2.01"),
    ])
    func otherTextsAreRefusedWhenTheFormatIsChecked(format: SchemaFormat, text: String) throws {
        #expect(!format.accepts(text))
        let schema: JSONValue = ["format": .string(format.rawValue)]
        #expect(try JSONSchema(schema).accepts(.string(text)))
        #expect(try !JSONSchema(schema, checking: SchemaFormat.all).accepts(.string(text)))
    }
}
