import Testing

@testable import JSON

@Suite(.timeLimit(.minutes(2)))
struct RoundTripTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1.50", "12345678901234567890", "1e400", "-1.0E+05",
        "2e-7", "\"\"", "[]", "{}", "[[],{}]", #"{"b":1,"a":{"d":[1,2],"c":null}}"#,
        #"["é","日本","🎉","\"\\/"]"#, #"{"":0}"#,
    ])
    func compactTextComesBackAsItWas(text: String) throws {
        #expect(try JSONValue(parsing: text).serialized() == text)
    }

    @Test func keysKeepTheirOrder() throws {
        let value = try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#)
        #expect(value.object?.keys == ["z", "a", "m"])
        #expect(value.serialized() == #"{"z":1,"a":2,"m":3}"#)
    }

    @Test(arguments: ["1.50", "12345678901234567890", "1e400", "-0", "0.1E+2"])
    func numbersKeepTheirText(text: String) throws {
        #expect(try JSONValue(parsing: " \(text) ") == .number(text))
    }

    @Test func whiteSpaceAroundTokensIsDropped() throws {
        let value = try JSONValue(parsing: " \t\r\n{ \"a\" :\n[ 1 ,\t2 ] , \"b\" : { } }\n")
        #expect(value.serialized() == #"{"a":[1,2],"b":{}}"#)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u00E9""#, "Aéé"),
        (#""\ud83c\udf89""#, "🎉"), (#""\uD83C\uDF89!""#, "🎉!"), (#""x\u0000y""#, "x\u{0}y"),
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83c\udf89""#, "\u{FFFD}🎉"),
        (#""\udf89\ud83c""#, "\u{FFFD}\u{FFFD}"), (#""\ud800\n""#, "\u{FFFD}\n"),
        (#""\uFFFF\u007f""#, "\u{FFFF}\u{7F}"), (#""a\nb\u2028c""#, "a\nb\u{2028}c"),
    ])
    func escapesAreRead(text: String, expected: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.string.map { Array($0.unicodeScalars) } == Array(expected.unicodeScalars))
        #expect(try JSONValue(parsing: value.serialized()) == value)
    }

    @Test func controlCharactersAreEscapedAndTheRestIsNot() {
        let text = "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/\u{7F}é🎉\u{2028}"
        #expect(
            JSONValue.string(text).serialized()
                == #""\u0000\u0001\u0008\t\n\u000b\u000c\r\u001f \"\\/\u007fé🎉"# + "\u{2028}\"")
    }

    @Test func prettyTextIsIndentedByTwoSpaces() throws {
        let value: JSONValue = ["a": [1, ["x": nil]], "b": [], "c": [:], "d": "e\nf"]
        #expect(
            value.serialized(pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "x": null
                    }
                  ],
                  "b": [],
                  "c": {},
                  "d": "e\\nf"
                }
                """)
        #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    }

    @Test func descriptionIsTheCompactText() {
        let value: JSONValue = ["a": [true, 1, "x"]]
        #expect("\(value)" == #"{"a":[true,1,"x"]}"#)
    }

    @Test(arguments: [
        (1, "[]", true), (1, "[[]]", false), (1, "[1]", true), (1, "1", true), (0, "1", true),
        (0, "[]", false), (0, "{}", false), (2, #"{"a":[1]}"#, true),
        (2, #"{"a":[{}]}"#, false), (128, String(repeating: "[", count: 128), true),
        (128, String(repeating: "[", count: 129), false),
    ])
    func nestingIsLimited(depthMax: Int, opening: String, isAccepted: Bool) {
        var text = opening
        if text.last == "[" { text += String(repeating: "]", count: opening.count) }
        do throws(JSONError) {
            _ = try JSONValue(parsing: text, depthMax: depthMax)
            #expect(isAccepted)
        } catch {
            #expect(!isAccepted && error.code == .tooDeep, "\(error)")
        }
    }

    @Test func aLongPileOfBracketsIsRefusedWhereItBecomesTooDeep() {
        let text = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError(code: .tooDeep, offset: 128)) {
            _ = try JSONValue(parsing: text)
        }
    }
}
