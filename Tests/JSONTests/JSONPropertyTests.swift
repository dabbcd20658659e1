import JSON
import TestSupport
import Testing

/// Values and texts made at random; the argument is the seed.
@Suite(.timeLimit(.minutes(2)))
struct JSONPropertyTests {
    private static let valuesPerSeed = 1_500
    private static let depthMax = 6

    private static func value(_ random: inout SeededRandom, depth: Int = 0) -> JSONValue {
        switch random.below(depth < depthMax ? 8 : 5) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2, 3: .number(number(&random))
        case 4: .string(string(&random))
        case 5, 6:
            .array((0..<random.below(5)).map { _ in value(&random, depth: depth + 1) })
        default:
            .object(
                JSONObject(
                    (0..<random.below(5)).map { _ in
                        (string(&random), value(&random, depth: depth + 1))
                    }))
        }
    }

    private static func number(_ random: inout SeededRandom) -> String {
        var text = random.once(in: 3) ? "-" : ""
        text += random.once(in: 4) ? "0" : String(random.below(9) + 1) + digits(&random)
        if random.once(in: 3) { text += "." + String(random.below(10)) + digits(&random) }
        if random.once(in: 4) {
            text += random.once(in: 2) ? "e" : "E"
            text += ["", "+", "-"][random.below(3)] + String(random.below(400))
        }
        return text
    }

    private static func digits(_ random: inout SeededRandom) -> String {
        (0..<random.below(20)).map { _ in String(random.below(10)) }.joined()
    }

    private static func string(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<random.below(8) {
            let scalar: UInt32 =
                switch random.below(5) {
                case 0: UInt32(random.below(0x20))
                case 1: [0x22, 0x5C, 0x2F, 0x7F, 0x301][random.below(5)]
                case 2: UInt32(random.below(0xD800))
                case 3: 0xE000 + UInt32(random.below(0x10_2000))
                default: 0x61 + UInt32(random.below(26))
                }
            text.unicodeScalars.append(Unicode.Scalar(scalar) ?? "?")
        }
        return text
    }

    @Test(arguments: 0..<8)
    func whatIsWrittenIsReadBack(seed: Int) throws {
        var random = SeededRandom(seed)
        for _ in 0..<Self.valuesPerSeed {
            let value = Self.value(&random)
            let text = value.serialized()
            #expect(try JSONValue(parsing: text) == value, "\(text)")
            #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value, "\(text)")
            let again = try JSONValue(parsing: text).serialized()
            #expect(again.utf8.elementsEqual(text.utf8), "\(text)")
        }
    }

    @Test(arguments: 0..<8)
    func canonicalFormsDoNotDependOnOrder(seed: Int) {
        var random = SeededRandom(seed)
        for _ in 0..<Self.valuesPerSeed {
            let value = Self.value(&random)
            let shuffled = Self.shuffled(value, &random)
            #expect(shuffled.canonical() == value.canonical(), "\(value)")
        }
    }

    private static func shuffled(_ value: JSONValue, _ random: inout SeededRandom) -> JSONValue {
        switch value {
        case .null, .bool, .number, .string: return value
        case .array(let elements): return .array(elements.map { shuffled($0, &random) })
        case .object(let object):
            var pairs = object.members.map { ($0.key, shuffled($0.value, &random)) }
            pairs.shuffle(using: &random)
            return .object(JSONObject(pairs))
        }
    }

    /// A mutated text is read or refused; what was read is written as text that reads the same.
    @Test(arguments: 0..<8)
    func mutatedBytesNeverCrash(seed: Int) throws {
        var random = SeededRandom(seed)
        var accepted = 0
        for _ in 0..<Self.valuesPerSeed {
            var bytes = Array(Self.value(&random).serialized().utf8)
            for _ in 0...random.below(3) { Self.mutate(&bytes, &random) }
            do throws(JSONError) {
                let value = try JSONValue(parsing: bytes)
                accepted += 1
                #expect(try JSONValue(parsing: value.serialized()) == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset), "\(error) in \(bytes)")
            }
        }
        #expect(accepted > 0 && accepted < Self.valuesPerSeed)
    }

    private static let interesting = Array("{}[]\",:\\u0eE+-.tfn \u{0}".utf8) + [0xC3, 0xED, 0xFF]

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let byte = interesting[random.below(interesting.count)]
        guard !bytes.isEmpty else { return bytes.append(byte) }
        let position = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[position] = byte
        case 1: bytes.insert(byte, at: position)
        case 2: bytes.remove(at: position)
        case 3: bytes[position] ^= 1 << UInt8(random.below(8))
        default: bytes.removeLast(random.below(bytes.count))
        }
    }
}
