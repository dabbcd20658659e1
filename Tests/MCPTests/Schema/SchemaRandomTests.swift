import JSON
import TestSupport
import Testing

@testable import MCP

/// Laws that hold for every schema and every value.
@Suite(.timeLimit(.minutes(2)))
struct SchemaRandomTests {
    @Test(arguments: 0..<8)
    func lawsHoldForSchemasAndValuesAtRandom(seed: Int) throws {
        var maker = Maker(random: SeededRandom(seed))
        var compiled = 0
        for _ in 0..<40 {
            let (first, second) = (maker.schema(depth: 4), maker.schema(depth: 4))
            let definitions: JSONValue = ["d": maker.schema(depth: 2, mayRefer: false)]
            func compile(_ schema: JSONValue) throws(SchemaError) -> JSONSchema {
                try JSONSchema(["allOf": [schema], "$defs": definitions])
            }
            let (one, two) = (try compile(first), try compile(second))
            let not = try compile(["not": first])
            let all = try compile(["allOf": [first, second]])
            let any = try compile(["anyOf": [first, second]])
            let exactly = try compile(["oneOf": [first, second]])
            let condition = try compile(["if": first, "then": second])
            compiled += 1
            for _ in 0..<10 {
                let value = maker.value(depth: 4)
                let (holds, holdsToo) = (one.accepts(value), two.accepts(value))
                #expect(not.accepts(value) == !holds)
                #expect(all.accepts(value) == (holds && holdsToo))
                #expect(any.accepts(value) == (holds || holdsToo))
                #expect(exactly.accepts(value) == (holds != holdsToo))
                #expect(condition.accepts(value) == (!holds || holdsToo))
                for schema in [one, not, all, any, exactly, condition] {
                    let problems = schema.problems(in: value)
                    #expect(problems.isEmpty == schema.accepts(value))
                    #expect(problems.count <= 20 && Set(problems).count == problems.count)
                    #expect(problems.allSatisfy { $0.message.hasSuffix(".") })
                    #expect(schema.accepts(value.canonical()) == schema.accepts(value))
                }
            }
        }
        #expect(compiled == 40)
    }

    @Test(arguments: 0..<4)
    func anyTextIsAPatternOrRefused(seed: Int) throws {
        var random = SeededRandom(seed)
        let letters = Array(#"ab01()[]{}|*+?.^$\dDwWsSbBpPuxkc,-:=!<>é🐲 "#.unicodeScalars)
        func text(_ length: ClosedRange<Int>) -> String {
            var view = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: length, using: &random) {
                guard let letter = letters.randomElement(using: &random) else { continue }
                view.append(letter)
            }
            return String(view)
        }
        for _ in 0..<5_000 {
            // Most random texts are no patterns; that they are refused is all that is asked.
            guard let pattern = try? SchemaPattern(text(0...12)) else { continue }
            var work = 100_000
            _ = pattern.matches(text(0...30), work: &work)
        }
    }

    /// Makes schemas and values that have something to do with each other.
    private struct Maker {
        var random: SeededRandom

        private mutating func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: choices.indices, using: &random)]
        }

        private mutating func some<T>(_ body: (inout Maker) -> T) -> [T] {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in body(&self) }
        }

        private let names = ["a", "b", "cc", "é", "x-1"]
        private let texts = ["", "a", "ab", "é", "e\u{301}", "2026-01-31", "aaaa"]
        private let numbers = ["0", "1", "1.0", "-2", "2.5", "1e2", "0.1", "12345678901234567890"]

        mutating func value(depth: Int) -> JSONValue {
            switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &random) {
            case 0: return .null
            case 1: return .bool(Bool.random(using: &random))
            case 2: return .number(pick(numbers))
            case 3: return .string(pick(texts))
            case 4: return .array(some { $0.value(depth: depth - 1) })
            default:
                return .object(
                    JSONObject(some { ($0.pick($0.names), $0.value(depth: depth - 1)) }))
            }
        }

        mutating func schema(depth: Int, mayRefer: Bool = true) -> JSONValue {
            if depth == 0 || Int.random(in: 0..<12, using: &random) == 0 {
                return .bool(Int.random(in: 0..<4, using: &random) > 0)
            }
            var schema = JSONObject()
            for (key, value) in some({ $0.keyword(depth: depth - 1, mayRefer) }) {
                schema[key] = value
            }
            return .object(schema)
        }

        private mutating func keyword(depth: Int, _ mayRefer: Bool) -> (String, JSONValue) {
            func inner(_ maker: inout Maker) -> JSONValue {
                maker.schema(depth: depth, mayRefer: mayRefer)
            }
            let key = pick(Self.keywords)
            switch key {
            case "type":
                return (
                    key,
                    .string(
                        pick([
                            "string", "integer", "number", "object", "array", "null", "boolean",
                        ]))
                )
            case "const": return (key, value(depth: 1))
            case "enum": return (key, .array(some { $0.value(depth: 1) }))
            case "minimum", "maximum", "exclusiveMinimum": return (key, .number(pick(numbers)))
            case "multipleOf": return (key, .number(pick(["1", "0.5", "0.1", "3"])))
            case "pattern": return (key, .string(pick(["^a", "a{2,}", "é$", #"\d"#, "^$"])))
            case "required": return (key, .array(some { .string($0.pick($0.names)) }))
            case "uniqueItems": return (key, true)
            case "$ref": return mayRefer ? (key, "#/$defs/d") : ("title", "none")
            case "properties", "dependentSchemas":
                return (key, .object(JSONObject(some { ($0.pick($0.names), inner(&$0)) })))
            case "patternProperties":
                return (key, .object(JSONObject(some { ($0.pick(["^a", "."]), inner(&$0)) })))
            case "prefixItems", "allOf", "anyOf", "oneOf":
                return (key, .array(some { inner(&$0) }))
            case "minLength", "maxItems", "minProperties", "maxContains":
                return (key, .int(Int.random(in: 0...3, using: &random)))
            default: return (key, inner(&self))
            }
        }

        private static let keywords = [
            "type", "const", "enum", "minimum", "maximum", "exclusiveMinimum", "multipleOf",
            "pattern", "required", "uniqueItems", "$ref", "properties", "dependentSchemas",
            "patternProperties", "prefixItems", "allOf", "anyOf", "oneOf", "minLength", "maxItems",
            "minProperties", "maxContains", "items", "contains", "additionalProperties",
            "propertyNames", "not", "if", "then", "else", "unevaluatedItems",
            "unevaluatedProperties",
        ]
    }
}
