import JSON
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ObjectTests {
    @Test func aDuplicateKeyKeepsItsLastValueAtItsFirstPlace() throws {
        let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3,"a":4}"#)
        #expect(value.serialized() == #"{"a":4,"b":2}"#)
        #expect(JSONObject([("a", 1), ("b", 2), ("a", 3)]).members.map(\.key) == ["a", "b"])
        let literal: JSONValue = ["a": 1, "b": 2, "a": 3]
        #expect(literal.serialized() == #"{"a":3,"b":2}"#)
    }

    @Test func keysOfDifferentBytesAreDifferentKeys() throws {
        // The same letter on screen, written as one scalar and as two.
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        let value = try JSONValue(parsing: text)
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(value.serialized().utf8.elementsEqual(text.utf8))
    }

    @Test func assigningChangesAddsAndRemoves() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = "x"
        object["b"] = nil
        object["never"] = nil
        #expect(JSONValue.object(object).serialized() == #"{"a":3,"c":"x"}"#)
        #expect(object.count == 2)
        #expect(!object.isEmpty)
        #expect(object["b"] == nil)
    }

    @Test func membersAreReadOnlyFromObjects() {
        let value: JSONValue = ["a": ["b": [1, "x", true, nil]]]
        #expect(value["a"]?["b"]?.array?.count == 4)
        #expect(value["a"]?["c"] == nil)
        #expect(value["a"]?["b"]?["c"] == nil)
        #expect(value["a"]?["b"]?.array?[0].int == 1)
        #expect(value["a"]?["b"]?.array?[1].string == "x")
        #expect(value["a"]?["b"]?.array?[2].bool == true)
        #expect(value["a"]?["b"]?.array?[3].isNull == true)
        #expect(value.string == nil && value.int == nil && value.bool == nil && value.array == nil)
        #expect(JSONValue.string("1").int == nil && JSONValue.int(1).string == nil)
    }

    @Test(arguments: [
        ("7", 7), ("-0", 0), ("3.0", 3), ("3e2", 300), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", Int64.min), ("9223372036854775808", nil), ("1.5", nil),
        ("1e400", nil), ("1e-400", 0), ("12345678901234567890", nil),
    ])
    func integersAreReadExactlyOrNotAtAll(text: String, expected: Int64?) {
        #expect(JSONValue.number(text).int == expected)
    }

    @Test func doublesAreRead() {
        #expect(JSONValue.number("1.50").double == 1.5)
        #expect(JSONValue.string("1.5").double == nil)
    }

    @Test func canonicalSortsEveryObjectByBytesAndChangesNothingElse() throws {
        let value = try JSONValue(
            parsing: #"{"b":[{"z":1,"a":1.50}],"a":{"é":1,"e":2,"Z":3},"":null,"B":"x"}"#)
        #expect(
            value.canonical().serialized()
                == #"{"":null,"B":"x","a":{"Z":3,"e":2,"é":1},"b":[{"a":1.50,"z":1}]}"#)
        #expect(value.canonical().canonical() == value.canonical())
        #expect(value != value.canonical())
    }

    @Test func equalityOfObjectsIsOrdered() throws {
        let left = try JSONValue(parsing: #"{"a":1,"b":2}"#)
        let right = try JSONValue(parsing: #"{"b":2,"a":1}"#)
        #expect(left != right)
        #expect(left.canonical() == right.canonical())
        #expect(try JSONValue(parsing: "1.0") != JSONValue(parsing: "1"))
    }

    @Test func hugeObjectsAreReadAndSortedInReasonableTime() throws {
        // Quadratic work would take minutes here and hours for a larger body.
        let count = 60_000
        let members = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let value = try JSONValue(parsing: "{\(members),\(members)}")
        #expect(value.object?.count == count)
        #expect(value.canonical().object?.count == count)
    }
}
