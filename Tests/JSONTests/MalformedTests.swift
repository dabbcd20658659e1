import Testing

@testable import JSON

/// Each kind of fault with the byte at which it is found.
@Suite(.timeLimit(.minutes(2)))
struct MalformedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let code: JSONError.Code
        let offset: Int

        init(_ text: String, _ code: JSONError.Code, _ offset: Int) {
            self.init(Array(text.utf8), code, offset)
        }

        init(_ bytes: [UInt8], _ code: JSONError.Code, _ offset: Int) {
            self.bytes = bytes
            self.code = code
            self.offset = offset
        }

        var testDescription: String { "\(String(decoding: bytes, as: UTF8.self)) at \(offset)" }
    }

    static let endings: [Case] = [
        Case("", .unexpectedEnd, 0), Case(" \n", .unexpectedEnd, 2), Case("[", .unexpectedEnd, 1),
        Case("[1", .unexpectedEnd, 2), Case("[1,", .unexpectedEnd, 3),
        Case("{", .unexpectedEnd, 1), Case(#"{"a""#, .unexpectedEnd, 4),
        Case(#"{"a":"#, .unexpectedEnd, 5), Case(#"{"a":1"#, .unexpectedEnd, 6),
        Case(#"{"a":1,"#, .unexpectedEnd, 7), Case("\"abc", .unexpectedEnd, 4),
        Case(#""abc\"#, .unexpectedEnd, 5), Case(#""\u12"#, .unexpectedEnd, 2),
        Case("tru", .unexpectedEnd, 3), Case("nul", .unexpectedEnd, 3),
        Case(#""\ud800\u12"#, .unexpectedEnd, 6),
    ]

    static let bytes: [Case] = [
        Case("hello", .unexpectedByte, 0), Case("'a'", .unexpectedByte, 0),
        Case("]", .unexpectedByte, 0), Case("+1", .unexpectedByte, 0),
        Case(".5", .unexpectedByte, 0), Case("NaN", .unexpectedByte, 0),
        Case("Infinity", .unexpectedByte, 0), Case("True", .unexpectedByte, 0),
        Case("trux", .unexpectedByte, 3), Case("falze", .unexpectedByte, 3),
        Case("[1 2]", .unexpectedByte, 3), Case("[1,]", .unexpectedByte, 3),
        Case("[,1]", .unexpectedByte, 1), Case("[1}", .unexpectedByte, 2),
        Case("{1:2}", .unexpectedByte, 1), Case("{a:2}", .unexpectedByte, 1),
        Case(#"{"a" 1}"#, .unexpectedByte, 5), Case(#"{"a":1,}"#, .unexpectedByte, 7),
        Case(#"{"a":1]"#, .unexpectedByte, 6), Case(#"{,}"#, .unexpectedByte, 1),
        Case("\u{FEFF}{}", .unexpectedByte, 0), Case("// a\n1", .unexpectedByte, 0),
        Case([0x5B, 0xFF, 0x5D], .unexpectedByte, 1), Case("<html>", .unexpectedByte, 0),
    ]

    static let numbers: [Case] = [
        Case("-", .invalidNumber, 1), Case("-a", .invalidNumber, 1),
        Case("1.", .invalidNumber, 2), Case("1.e5", .invalidNumber, 2),
        Case("1e", .invalidNumber, 2), Case("1e+", .invalidNumber, 3),
        Case("1E-x", .invalidNumber, 3), Case("[0.]", .invalidNumber, 3),
    ]

    static let strings: [Case] = [
        Case("\"a\nb\"", .invalidString, 2), Case("\"a\u{0}\"", .invalidString, 2),
        Case("\"\\n\t\"", .invalidString, 3), Case(#""\x41""#, .invalidString, 2),
        Case(#""\'""#, .invalidString, 2), Case(#""\u12G4""#, .invalidString, 2),
        Case(#""\u-123""#, .invalidString, 2), Case(#""\u+123""#, .invalidString, 2),
        Case(#""\ud800\uZZZZ""#, .invalidString, 6),
        Case([0x22, 0xC3, 0x22], .invalidString, 2), Case([0x22, 0xFF, 0x22], .invalidString, 2),
        Case([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidString, 4),
        Case([0x22, 0xC0, 0x80, 0x22], .invalidString, 3),
    ]

    static let trailing: [Case] = [
        Case("1 2", .trailingBytes, 2), Case("01", .trailingBytes, 1),
        Case("-01", .trailingBytes, 2), Case("{}{}", .trailingBytes, 2),
        Case("null,", .trailingBytes, 4), Case("truefalse", .trailingBytes, 4),
        Case("1a", .trailingBytes, 1), Case("[]\u{0}", .trailingBytes, 2),
        Case("0x10", .trailingBytes, 1),
    ]

    @Test(arguments: endings + bytes + numbers + strings + trailing)
    func theFaultIsNamedWithItsOffset(fault: Case) {
        #expect(throws: JSONError(code: fault.code, offset: fault.offset)) {
            _ = try JSONValue(parsing: fault.bytes)
        }
    }

    @Test func everyErrorSaysWhere() {
        let codes: [JSONError.Code] = [
            .unexpectedEnd, .unexpectedByte, .invalidNumber, .invalidString, .tooDeep,
            .trailingBytes,
        ]
        for code in codes {
            #expect("\(JSONError(code: code, offset: 77))".contains("at byte 77"))
        }
    }

    @Test func everyBeginningOfAGoodTextIsRefusedWithoutACrash() throws {
        let text = #"{"a":[1.5e3,-0,"x\ud83c\udf89\n",true,false,null,{"b":{}}],"c":"é"}"#
        let bytes = Array(text.utf8)
        _ = try JSONValue(parsing: bytes)
        for count in 0..<bytes.count {
            #expect(throws: JSONError.self) { _ = try JSONValue(parsing: Array(bytes[..<count])) }
        }
    }
}
