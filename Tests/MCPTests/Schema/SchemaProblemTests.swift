import JSON
import Testing

@testable import MCP

/// What a caller is told, word for word.
@Suite(.timeLimit(.minutes(2)))
struct SchemaProblemTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let schema: String
        let value: String
        let messages: [String]

        init(_ schema: String, _ value: String, _ messages: String...) {
            self.schema = schema
            self.value = value
            self.messages = messages
        }

        var testDescription: String { "\(schema) \(value)" }
    }

    @Test(arguments: single + alternatives)
    func problemsAreToldInOneSentence(_ row: Row) throws {
        let schema = try JSONSchema(try JSONValue(parsing: row.schema), checking: SchemaFormat.all)
        let problems = schema.problems(in: try JSONValue(parsing: row.value))
        #expect(problems.map(\.message) == row.messages)
    }

    private static let single: [Row] = [
        Row(
            #"{"properties":{"limit":{"type":"integer"}}}"#, #"{"limit":"ten"}"#,
            #"/limit must be an integer; found "ten", a string."#),
        Row(
            #"{"type":["object","null"]}"#, "[]",
            "The value must be an object or null; found [], an array."),
        Row(
            #"{"properties":{"state":{"enum":["queued","running"]}}}"#, #"{"state":"runing"}"#,
            #"/state must be one of "queued", "running"; found "runing" (did you mean "running"?)."#
        ),
        Row(#"{"const":"a"}"#, "1", #"The value must be "a"; found 1."#),
        Row(#"{"minimum":1}"#, "0", "The value must be at least 1; found 0."),
        Row(#"{"exclusiveMaximum":1.50}"#, "2", "The value must be less than 1.50; found 2."),
        Row(#"{"multipleOf":0.01}"#, "0.005", "The value must be a multiple of 0.01; found 0.005."),
        Row(
            #"{"minLength":1}"#, #""""#,
            #"The value must have at least 1 character; found "" with 0."#),
        Row(
            #"{"items":{"pattern":"^[a-z]+$"}}"#, #"["A"]"#,
            #"/0 must match the pattern ^[a-z]+$; found "A"."#),
        Row(
            #"{"format":"date"}"#, #""tomorrow""#,
            #"The value must be a date, like 2026-01-31; found "tomorrow"."#),
        Row(
            #"{"required":["name"]}"#, "{}",
            #"The value must have the property "name", which is missing."#),
        Row(
            #"{"properties":{"server_name":{},"limit":{}},"additionalProperties":false}"#,
            #"{"serverName":1}"#,
            #"/serverName is not a known property (did you mean "server_name"?); "#
                + #"known: "server_name", "limit"."#),
        Row(
            #"{"additionalProperties":false}"#, #"{"a":1}"#,
            "/a is not a known property; no other properties are accepted here."),
        Row(
            ##"{"$ref":"#/$defs/b","unevaluatedProperties":false,"##
                + ##""$defs":{"b":{"properties":{"page":true}}}}"##, #"{"paeg":1}"#,
            #"/paeg is not a known property (did you mean "page"?); known: "page"."#),
        Row(
            #"{"propertyNames":{"maxLength":1}}"#, #"{"a":{},"bc":1}"#,
            #"The property name "bc" must have at most 1 character; found "bc" with 2."#),
        Row(
            #"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#,
            #"The value must have the property "b", which is missing, because it has "a"."#),
        Row(#"{"not":{"type":"null"}}"#, "null", "The value must not be null; found null."),
        Row(
            #"{"uniqueItems":true}"#, "[1,2,1.0]",
            "The value must not contain the same element twice; found 1.0 at positions 0 and 2."),
        Row(
            #"{"contains":{"const":1}}"#, "[2]",
            "The value must contain at least 1 matching element; found 0 among 1."),
        Row(
            #"{"type":"string","minLength":2,"enum":["ab"]}"#, "1",
            "The value must be a string; found 1, a number."),
        Row(
            #"{"properties":{"a\nb":{"type":"null"}}}"#, #"{"a\nb":1}"#,
            #""/a\nb" must be null; found 1, a number."#),
        Row(
            #"{"allOf":[{"minimum":1},{"minimum":1}]}"#, "0",
            "The value must be at least 1; found 0."),
    ]

    private static let alternatives: [Row] = [
        Row(
            #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1",
            "The value must be a string or null; found 1, a number."),
        Row(
            #"{"oneOf":[{"const":"day","title":"Day"},{"const":"week","title":"Week"}]}"#,
            #""weak""#,
            #"The value must be one of "day", "week"; found "weak" (did you mean "week"?)."#),
        Row(
            #"{"anyOf":[{"type":"string"},{"type":"integer","minimum":1}]}"#, "0",
            "The value must be at least 1; found 0."),
        Row(
            #"{"oneOf":[{"properties":{"kind":{"const":"a"},"x":{"type":"integer"}}},"#
                + #"{"properties":{"kind":{"const":"b"},"y":{"type":"integer"}}}]}"#,
            #"{"kind":"b","y":"1"}"#, #"/y must be an integer; found "1", a string."#),
        Row(
            #"{"oneOf":[{"minimum":0},{"maximum":9},{"type":"null"}]}"#, "5",
            "The value must match exactly one of 3 alternatives, but matches number 1 and "
                + "number 2; found 5."),
        Row(
            #"{"anyOf":[{"required":["id"]},{"required":["name","age","city"]}]}"#, "{}",
            #"The value must have the property "id", which is missing."#),
    ]

    @Test(arguments: [
        (#"{"type":"integer"}"#, #""x""#, #""x""#), (#"{"minLength":2}"#, #""a""#, #""a""#),
        (#"{"minimum":1}"#, "0", "0"), (#"{"multipleOf":2}"#, "3", "3"),
        (#"{"pattern":"^b"}"#, #""a""#, #""a""#), (#"{"format":"date"}"#, #""a""#, #""a""#),
        (#"{"const":1}"#, "2", "2"), (#"{"enum":[1]}"#, "[2]", "[2]"),
        (#"{"not":{"type":"null"}}"#, "null", "null"), ("false", "5", "5"),
        (#"{"uniqueItems":true}"#, "[1,1]", "[1,1]"), (#"{"maxItems":0}"#, "[1]", "[1]"),
        (#"{"contains":{"const":1}}"#, "[2]", "[2]"),
        (#"{"additionalProperties":false}"#, #"{"a":1}"#, "1"),
        (#"{"propertyNames":{"maxLength":1}}"#, #"{"bc":1}"#, #""bc""#),
        (#"{"oneOf":[true,true]}"#, "7", "7"),
        (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1", "1"),
    ])
    func problemsCarryTheValue(schema: String, value: String, carried: String) throws {
        let schema = try JSONSchema(try JSONValue(parsing: schema), checking: SchemaFormat.all)
        let problems = schema.problems(in: try JSONValue(parsing: value))
        #expect(problems.map { $0.value?.serialized() } == [carried])
        #expect(problems.map(\.missing) == [nil])
    }

    @Test(arguments: [
        #"{"required":["b"]}"#, #"{"dependentRequired":{"a":["b"]}}"#,
    ])
    func aMissingPropertyIsNamed(schema: String) throws {
        let problems = try JSONSchema(try JSONValue(parsing: schema)).problems(in: ["a": 1])
        #expect(problems.map(\.missing) == ["b"])
        #expect(problems.map(\.value) == [nil])
    }

    @Test(
        arguments: [
            (#"{"enum":["a","b"]}"#, #"["a","b"]"#), (#"{"const":"a"}"#, #"["a"]"#),
            (#"{"oneOf":[{"const":1},{"const":2}]}"#, "[1,2]"), (#"{"type":"string"}"#, nil),
        ] as [(String, String?)])
    func theAllowedValuesAreListed(schema: String, allowed: String?) throws {
        let problems = try JSONSchema(try JSONValue(parsing: schema)).problems(in: 0)
        #expect(problems.map { $0.allowed.map { JSONValue.array($0).serialized() } } == [allowed])
    }

    @Test func pathsAreJSONPointers() throws {
        let schema = try JSONSchema(
            ["additionalProperties": ["items": ["type": "string"]], "type": "object"])
        let problem = schema.problems(in: ["a/b~c": ["x", 1]]).first
        #expect(problem?.path == "/a~1b~0c/1")
        #expect(problem?.keyword == "type")
    }

    @Test func noMoreProblemsAreToldThanAskedFor() throws {
        let schema = try JSONSchema(["items": ["type": "string"]])
        let value = JSONValue.array((0..<100).map { .int($0) })
        #expect(schema.problems(in: value).count == 20)
        #expect(schema.problems(in: value, limit: 3).map(\.path) == ["/0", "/1", "/2"])
        #expect(schema.problems(in: value, limit: 0).count == 1)
    }

    @Test func messagesStayShort() throws {
        let long = String(repeating: "x", count: 100_000)
        let names = JSONObject((0..<1_000).map { ("property\($0)", JSONValue.bool(true)) })
        let schema = try JSONSchema([
            "properties": .object(names), "additionalProperties": false,
            "enum": .array((0..<1_000).map { .string(long + String($0)) }),
        ])
        for problem in schema.problems(in: .object(JSONObject([(long, .string(long))]))) {
            #expect(problem.message.utf8.count < 4_000)
        }
        let pattern = try JSONSchema(["pattern": "^$"])
        #expect(pattern.problems(in: .string(long)).first?.message.count ?? 0 < 120)
    }
}
