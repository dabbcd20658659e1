import JSON
import Testing

@testable import MCP

/// Schemas and values that want to cost more than they are worth.
@Suite(.timeLimit(.minutes(2)))
struct SchemaLimitTests {
    private func expectQuick(_ body: () throws -> Void) rethrows {
        let took = try ContinuousClock().measure { try body() }
        #expect(took < .seconds(60))
    }

    @Test func branchesOfBranchesEnd() throws {
        // Each level tries both ways: two to the power of sixty without a limit.
        var definitions = JSONObject()
        for level in 0..<60 {
            let next: JSONValue = ["$ref": .string("#/$defs/d\(level + 1)")]
            definitions["d\(level)"] = ["allOf": [next, next]]
        }
        definitions["d60"] = ["type": "integer"]
        let schema = try JSONSchema(["$ref": "#/$defs/d0", "$defs": .object(definitions)])
        expectQuick {
            #expect(!schema.accepts(1))
            #expect(schema.problems(in: 1).map(\.keyword) == [""])
            #expect(schema.problems(in: "a").count == 1)
        }
    }

    @Test func anExhaustedNegationIsNoConsent() throws {
        var definitions = JSONObject()
        for level in 0..<60 {
            let next: JSONValue = ["$ref": .string("#/$defs/d\(level + 1)")]
            definitions["d\(level)"] = ["allOf": [next, next]]
        }
        definitions["d60"] = ["type": "integer"]
        let schema = try JSONSchema([
            "not": ["$ref": "#/$defs/d0"], "$defs": .object(definitions),
        ])
        #expect(!schema.accepts(1))
        #expect(schema.problems(in: 1).map(\.keyword) == [""])
    }

    @Test func deepValuesEnd() throws {
        let schema = try JSONSchema([
            "anyOf": [["additionalProperties": ["$ref": "#"]]], "unevaluatedProperties": false,
        ])
        var value: JSONValue = [:]
        for _ in 0..<100 { value = ["a": value] }
        #expect(schema.accepts(value))
        for _ in 0..<1_000 { value = ["a": value] }
        #expect(!schema.accepts(value))
        #expect(schema.problems(in: value).first?.message.contains("nests deeper") == true)
    }

    @Test func dynamicReferencesInACircleEnd() throws {
        let schema = try JSONSchema(["$dynamicAnchor": "a", "$dynamicRef": "#a"])
        #expect(!schema.accepts(1))
    }

    @Test(arguments: [
        "(a*)*b", "(a|a)*b", "(a+)+$b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?=(a+)+b)a*c",
        "(?<!(a+)+b)c", "(a?){500}a{500}b", "(.*)(.*)(.*)(.*)(.*)=",
    ])
    func patternsThatBacktrackElsewhereEnd(pattern: String) throws {
        let schema = try JSONSchema(["pattern": .string(pattern)])
        let text = JSONValue.string(String(repeating: "a", count: 20_000))
        expectQuick { #expect(!schema.accepts(text)) }
    }

    @Test func largeValuesAreCheckedInLinearTime() throws {
        let schema = try JSONSchema([
            "properties": ["list": ["items": ["enum": [1, 2]], "uniqueItems": false]],
            "required": ["list"],
        ])
        let list = JSONValue.array(Array(repeating: 1, count: 200_000))
        expectQuick { #expect(schema.accepts(["list": list])) }
        let members = (0..<50_000).map { ("m\($0)", JSONValue.bool(true)) }
        let names = (0..<5_000).map { JSONValue.string("m\($0)") }
        let wide = try JSONSchema(["required": .array(names)])
        let object = try JSONObject(distinctForTest: members)
        expectQuick { #expect(wide.accepts(.object(object))) }
    }

    @Test func longNumbersAreExact() throws {
        let digits = String(repeating: "9", count: 20_000)
        let schema = try JSONSchema(["multipleOf": 9, "type": "integer"])
        expectQuick {
            #expect(schema.accepts(.number(digits)))
            #expect(!schema.accepts(.number(digits + "1")))
            #expect(schema.accepts(.number("9e999999999999999999999999")))
        }
    }

    @Test func schemasThatAreTooLargeAreRefused() throws {
        var deep: JSONValue = true
        for _ in 0..<200 { deep = ["not": deep] }
        let wide = JSONValue.array(Array(repeating: ["type": "null"], count: 10_001))
        let patterns = JSONValue.array(
            Array(repeating: ["pattern": "a{2000}a{2000}a{2000}"], count: 100))
        for schema in [deep, ["anyOf": wide], ["anyOf": patterns]] as [JSONValue] {
            let error = #expect(throws: SchemaError.self) { try JSONSchema(schema) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func longChainsOfReferencesCompile() throws {
        var definitions = JSONObject()
        for level in 0..<3_000 {
            definitions["d\(level)"] = ["items": ["$ref": .string("#/$defs/d\(level + 1)")]]
        }
        definitions["d3000"] = true
        let schema = try JSONSchema(["$ref": "#/$defs/d0", "$defs": .object(definitions)])
        #expect(schema.accepts([[[]]]))
    }
}

extension JSONObject {
    /// Many members, known to be distinct, without a scan for each.
    fileprivate init(distinctForTest members: [(String, JSONValue)]) throws {
        let text = members.map { "\"\($0.0)\":\($0.1.serialized())" }.joined(separator: ",")
        self = try JSONValue(parsing: "{\(text)}").object ?? JSONObject()
    }
}
