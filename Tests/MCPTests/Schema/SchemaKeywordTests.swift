import JSON
import Testing

@testable import MCP

/// A schema with values that conform to it and values that do not.
struct SchemaCase: Sendable, CustomTestStringConvertible {
    let schema: String
    let good: [String]
    let bad: [String]

    init(_ schema: String, good: [String] = [], bad: [String] = []) {
        self.schema = schema
        self.good = good
        self.bad = bad
    }

    var testDescription: String { schema }

    /// Checks all values, both ways of asking.
    func check(_ schema: JSONSchema) throws {
        for text in good {
            let value = try JSONValue(parsing: text)
            #expect(schema.accepts(value), "\(text) conforms")
            #expect(schema.problems(in: value).isEmpty, "\(text) conforms")
        }
        for text in bad {
            let value = try JSONValue(parsing: text)
            #expect(!schema.accepts(value), "\(text) does not conform")
            #expect(!schema.problems(in: value).isEmpty, "\(text) does not conform")
        }
    }
}

@Suite(.timeLimit(.minutes(2)))
struct SchemaKeywordTests {
    @Test(arguments: values + arrays + objects + combinations + unevaluated)
    func keywordsMeanWhatTheDialectSays(_ row: SchemaCase) throws {
        try row.check(try JSONSchema(try JSONValue(parsing: row.schema)))
    }

    private static let values: [SchemaCase] = [
        SchemaCase("true", good: ["1", "null", "{}"]),
        SchemaCase("false", bad: ["1", "null", "{}"]),
        SchemaCase("{}", good: ["1", "[]"]),
        SchemaCase(
            #"{"type":"integer"}"#, good: ["1", "1.0", "-0.0", "1e3", "10.50e1", "1e400"],
            bad: ["1.5", "1e-1", "\"1\"", "true", "null", "12345678901234567890.5"]),
        SchemaCase(
            #"{"type":["string","null"]}"#, good: ["\"\"", "null"],
            bad: ["0", "false", "[]", "{}"]),
        SchemaCase(#"{"const":1}"#, good: ["1", "1.0", "1e0"], bad: ["true", "\"1\"", "[1]"]),
        SchemaCase(
            #"{"const":{"a":1,"b":[2]}}"#, good: [#"{"b":[2.0],"a":1}"#],
            bad: [#"{"a":1}"#, #"{"a":1,"b":[2],"c":3}"#]),
        SchemaCase(
            #"{"const":"\u00e9"}"#, good: [#""é""#], bad: [#""e\u0301""#]),
        SchemaCase(
            #"{"enum":["a",1,null]}"#, good: ["\"a\"", "1.0", "null"], bad: ["\"b\"", "0"]),
        SchemaCase(#"{"enum":[]}"#, bad: ["1"]),
        SchemaCase(
            #"{"minimum":9007199254740993}"#, good: ["9007199254740993", "1e300"],
            bad: ["9007199254740992", "9007199254740992.999", "-1e300"]),
        SchemaCase(#"{"exclusiveMinimum":0}"#, good: ["1e-400"], bad: ["0", "-0.0", "-1e-400"]),
        SchemaCase(#"{"maximum":-1.5}"#, good: ["-1.5", "-1.50", "-2"], bad: ["-1.49", "0"]),
        SchemaCase(#"{"exclusiveMaximum":0.3}"#, good: ["0.29999999999999999999"], bad: ["0.30"]),
        SchemaCase(
            #"{"multipleOf":0.01}"#,
            good: ["0.07", "1.13", "1e2", "0", "123456789012345678901.23"],
            bad: ["0.075", "1e-3"]),
        SchemaCase(
            #"{"multipleOf":7}"#, good: ["49", "-14", "700000000000000000000000000000", "7e50"],
            bad: ["50", "700000000000000000000000000001", "3.5"]),
        SchemaCase(
            #"{"multipleOf":123456789012345678}"#, good: ["246913578024691356"], bad: ["1e40"]),
        SchemaCase(
            #"{"minLength":2,"maxLength":3}"#, good: [#""ab""#, #""👩‍👧""#, "1"],
            bad: [#""é""#, #""👩‍👧‍👦""#, "\"\"", #""abcd""#]),
        SchemaCase(#"{"minLength":1.0}"#, good: [#""a""#], bad: ["\"\""]),
        SchemaCase(#"{"pattern":"^a+$"}"#, good: [#""aa""#, "3"], bad: [#""ab""#, #""a\n""#]),
        SchemaCase(#"{"format":"date"}"#, good: [#""no date""#]),
        SchemaCase(#"{"x-unknown":[1],"title":5}"#, good: ["1"]),
    ]

    private static let arrays: [SchemaCase] = [
        SchemaCase(
            #"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#,
            good: ["[]", #"["a"]"#, #"["a",1,2]"#, "3"], bad: ["[1]", #"["a","b"]"#]),
        SchemaCase(#"{"prefixItems":[true],"items":false}"#, good: ["[1]"], bad: ["[1,2]"]),
        SchemaCase(
            #"{"minItems":1,"maxItems":2}"#, good: ["[1]", "[1,2]"], bad: ["[]", "[1,2,3]"]),
        SchemaCase(
            #"{"contains":{"const":1}}"#, good: ["[1]", "[2,1]", "{}"], bad: ["[]", "[2]"]),
        SchemaCase(
            #"{"contains":{"const":1},"minContains":2,"maxContains":3}"#,
            good: ["[1,1]", "[1,2,1,1]"], bad: ["[1]", "[1,1,1,1]"]),
        SchemaCase(
            #"{"contains":{"const":1},"minContains":0}"#, good: ["[]", "[2]"]),
        SchemaCase(
            #"{"uniqueItems":true}"#, good: ["[]", "[1,true,\"1\",[1]]", #"[{"a":1},{"a":2}]"#],
            bad: ["[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#, "[null,0,null]"]),
        SchemaCase(#"{"uniqueItems":false}"#, good: ["[1,1]"]),
    ]

    private static let objects: [SchemaCase] = [
        SchemaCase(
            #"{"properties":{"a":{"type":"string"},"b":false}}"#,
            good: ["{}", #"{"a":"x","c":1}"#, "[]"], bad: [#"{"a":1}"#, #"{"b":1}"#]),
        SchemaCase(
            #"{"properties":{"a":true},"patternProperties":{"^x-":{"type":"integer"}},"#
                + #""additionalProperties":false}"#,
            good: [#"{"a":1,"x-b":2}"#], bad: [#"{"b":1}"#, #"{"x-b":"2"}"#]),
        SchemaCase(
            #"{"additionalProperties":{"type":"integer"}}"#, good: [#"{"a":1}"#],
            bad: [#"{"a":"1"}"#]),
        SchemaCase(
            #"{"propertyNames":{"maxLength":2}}"#, good: [#"{"ab":1}"#], bad: [#"{"abc":1}"#]),
        SchemaCase(#"{"required":["a","b"]}"#, good: [#"{"b":1,"a":null}"#], bad: [#"{"a":1}"#]),
        SchemaCase(
            #"{"minProperties":1,"maxProperties":2}"#, good: [#"{"a":1}"#],
            bad: ["{}", #"{"a":1,"b":1,"c":1}"#]),
        SchemaCase(
            #"{"dependentRequired":{"a":["b"]}}"#, good: ["{}", #"{"b":1}"#, #"{"a":1,"b":1}"#],
            bad: [#"{"a":1}"#]),
        SchemaCase(
            #"{"dependentSchemas":{"a":{"required":["b"]}}}"#, good: ["{}", #"{"a":1,"b":1}"#],
            bad: [#"{"a":1}"#]),
    ]

    private static let combinations: [SchemaCase] = [
        SchemaCase(#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, good: ["1"], bad: ["0", "3"]),
        SchemaCase(#"{"anyOf":[{"minimum":5},{"maximum":2}]}"#, good: ["1", "6"], bad: ["3"]),
        SchemaCase(#"{"oneOf":[{"minimum":2},{"maximum":3}]}"#, good: ["1", "4"], bad: ["2"]),
        SchemaCase(#"{"not":{"type":"string"}}"#, good: ["1"], bad: [#""a""#]),
        SchemaCase(
            #"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"maximum":5}}"#,
            good: ["20", "5", "\"x\"", "10"], bad: ["25", "6"]
        ),
        SchemaCase(#"{"then":false,"else":false}"#, good: ["1"]),
    ]

    private static let unevaluated: [SchemaCase] = [
        SchemaCase(
            #"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}"#,
            good: [#"{"a":1}"#], bad: [#"{"b":1}"#]),
        SchemaCase(
            #"{"anyOf":[{"required":["a"],"properties":{"a":true}},{"properties":{"b":true}}],"#
                + #""unevaluatedProperties":false}"#,
            good: [#"{"a":1,"b":1}"#, #"{"b":1}"#], bad: [#"{"a":1,"c":1}"#, #"{"c":1}"#]),
        SchemaCase(
            #"{"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false}"#,
            good: ["{}"], bad: [#"{"a":1}"#]),
        SchemaCase(
            #"{"if":{"required":["k"],"properties":{"k":true}},"then":{"properties":{"t":true}},"#
                + #""else":{"properties":{"e":true}},"unevaluatedProperties":false}"#,
            good: [#"{"k":1,"t":1}"#, #"{"e":1}"#], bad: [#"{"k":1,"e":1}"#, #"{"t":1}"#]),
        SchemaCase(
            #"{"allOf":[{"prefixItems":[true]}],"contains":{"const":"c"},"minContains":0,"#
                + #""unevaluatedItems":{"type":"integer"}}"#,
            good: [#"["x",1,"c",2]"#], bad: [#"["x","y"]"#]),
        SchemaCase(
            #"{"allOf":[{"properties":{"a":true},"unevaluatedProperties":false}],"#
                + #""properties":{"b":true}}"#,
            good: [#"{"a":1}"#], bad: [#"{"b":1}"#]),
    ]
}
