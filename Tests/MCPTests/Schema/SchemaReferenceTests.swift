import JSON
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct SchemaReferenceTests {
    @Test(arguments: references)
    func referencesLeadInsideTheSchema(_ row: SchemaCase) throws {
        try row.check(try JSONSchema(try JSONValue(parsing: row.schema)))
    }

    private static let references: [SchemaCase] = [
        SchemaCase(
            ##"{"$defs":{"n":{"type":"integer"}},"items":{"$ref":"#/$defs/n"}}"##, good: ["[1]"],
            bad: [#"["a"]"#]),
        SchemaCase(
            ##"{"properties":{"child":{"$ref":"#"}},"additionalProperties":false}"##,
            good: [#"{"child":{"child":{}}}"#], bad: [#"{"child":{"chold":{}}}"#]),
        SchemaCase(
            ##"{"$ref":"#number","$defs":{"x":{"$anchor":"number","type":"number"}}}"##,
            good: ["1"], bad: [#""1""#]),
        SchemaCase(
            ##"{"$ref":"#/definitions/a~1b/%25","definitions":{"a/b":{"%":{"const":1}}}}"##,
            good: ["1"], bad: ["2"]),
        SchemaCase(
            #"{"$id":"https://example.com/dir/root","$ref":"item","#
                + #""$defs":{"x":{"$id":"/dir/item","type":"null"}}}"#,
            good: ["null"], bad: ["1"]),
        SchemaCase(
            ##"{"$id":"urn:uuid:1","$ref":"urn:uuid:1#/$defs/a","$defs":{"a":{"const":1}}}"##,
            good: ["1"], bad: ["2"]),
        SchemaCase(
            ##"{"$id":"http://t/strict","$dynamicAnchor":"node","$ref":"tree","##
                + ##""unevaluatedProperties":false,"$defs":{"tree":{"$id":"tree","##
                + ##""$dynamicAnchor":"node","properties":{"data":true,"children":{"##
                + ##""items":{"$dynamicRef":"#node"}}}}}}"##,
            good: [#"{"children":[{"data":1}]}"#], bad: [#"{"children":[{"daat":1}]}"#]),
        SchemaCase(
            ##"{"$schema":"https://json-schema.org/draft/2020-12/schema#","type":"null"}"##,
            good: ["null"], bad: ["1"]),
        SchemaCase(##"{"properties":{"$ref":{"type":"string"}}}"##, good: [##"{"$ref":"a"}"##]),
    ]

    @Test func referencesReachTheDocumentsGiven() throws {
        let shared: JSONValue = ["$defs": ["id": ["type": "string", "minLength": 1]]]
        let schema = try JSONSchema(
            ["items": ["$ref": "https://example.com/shared#/$defs/id"]],
            with: ["https://example.com/shared": shared])
        #expect(schema.accepts(["a"]))
        #expect(schema.problems(in: [""]).map(\.path) == ["/0"])
    }

    @Test(arguments: faults)
    func aSchemaThatCannotBeUsedIsRefused(_ fault: Fault) throws {
        let schema = try JSONValue(parsing: fault.schema)
        let error = #expect(throws: SchemaError.self) { try JSONSchema(schema) }
        #expect(error?.code == fault.code)
        #expect(error?.pointer == fault.pointer)
        #expect(error?.description.hasSuffix(".") == false)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let schema: String
        let code: SchemaError.Code
        let pointer: String

        init(_ schema: String, _ code: SchemaError.Code, _ pointer: String) {
            self.schema = schema
            self.code = code
            self.pointer = pointer
        }

        var testDescription: String { schema }
    }

    private static let faults: [Fault] = [
        Fault("1", .malformed, ""),
        Fault(#"{"type":"text"}"#, .malformed, "/type"),
        Fault(#"{"type":[]}"#, .malformed, "/type"),
        Fault(#"{"minLength":-1}"#, .malformed, "/minLength"),
        Fault(#"{"minLength":1.5}"#, .malformed, "/minLength"),
        Fault(#"{"minimum":"1"}"#, .malformed, "/minimum"),
        Fault(#"{"multipleOf":0}"#, .malformed, "/multipleOf"),
        Fault(#"{"multipleOf":1234567890123456789}"#, .malformed, "/multipleOf"),
        Fault(#"{"enum":1}"#, .malformed, "/enum"),
        Fault(#"{"required":"a"}"#, .malformed, "/required"),
        Fault(#"{"required":[1]}"#, .malformed, "/required"),
        Fault(#"{"properties":{"a":1}}"#, .malformed, "/properties/a"),
        Fault(#"{"properties":[]}"#, .malformed, "/properties"),
        Fault(#"{"allOf":[]}"#, .malformed, "/allOf"),
        Fault(#"{"anyOf":{}}"#, .malformed, "/anyOf"),
        Fault(#"{"items":[{}]}"#, .malformed, "/items"),
        Fault(#"{"uniqueItems":1}"#, .malformed, "/uniqueItems"),
        Fault(#"{"$defs":[]}"#, .malformed, "/$defs"),
        Fault(##"{"$id":"http://a#b"}"##, .malformed, "/$id"),
        Fault(#"{"$anchor":"1"}"#, .malformed, "/$anchor"),
        Fault(
            #"{"$anchor":"a","$defs":{"b":{"$anchor":"a"}}}"#, .malformed, "/$defs/b/$anchor"),
        Fault(
            #"{"$defs":{"a":{"$id":"http://x/"},"b":{"$id":"http://x/"}}}"#, .malformed,
            "/$defs/b/$id"),
        Fault(#"{"$ref":1}"#, .malformed, "/$ref"),
        Fault(#"{"$ref":"https://example.com/a"}"#, .unresolvedReference, "/$ref"),
        Fault(##"{"$ref":"#/$defs/a"}"##, .unresolvedReference, "/$ref"),
        Fault(##"{"$ref":"#a"}"##, .unresolvedReference, "/$ref"),
        Fault(##"{"$ref":"#/%zz"}"##, .unresolvedReference, "/$ref"),
        Fault(##"{"$ref":"#"}"##, .endlessReference, ""),
        Fault(
            ##"{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"}]}},"items":{"$ref":"#/$defs/a"}}"##,
            .endlessReference, "/$defs/a"),
        Fault(#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, .unsupportedDialect, ""),
        Fault(#"{"pattern":"("}"#, .unsupportedPattern, "/pattern"),
        Fault(#"{"patternProperties":{"(a)\\1":true}}"#, .unsupportedPattern, "/patternProperties"),
    ]
}
