/// The way from the root of a value to a part of it.
struct SchemaPath: Sendable {
    /// One step into a value.
    enum Step: Sendable {
        case member(String)
        case index(Int)
        /// To the name of a member, not to its value.
        case name(String)
    }

    var steps: [Step] = []

    /// The path as a JSON pointer (RFC 6901).
    var pointer: String { Self.pointer(steps) }

    /// How a sentence about the value begins.
    var subject: String {
        guard case .name(let name) = steps.last else {
            return steps.isEmpty ? "The value" : Self.shown(pointer)
        }
        let parent = Self.pointer(steps.dropLast())
        let quoted = Excerpt.quoted(name, limit: SchemaLimits.nameMax)
        let place = parent.isEmpty ? "" : " in \(Self.shown(parent))"
        return "The property name \(quoted)\(place)"
    }

    /// `pointer` on one line, cut when it is long.
    private static func shown(_ pointer: String) -> String {
        let isPlain = pointer.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isPlain
            ? Excerpt.cut(pointer, to: SchemaLimits.nameMax)
            : Excerpt.quoted(pointer, limit: SchemaLimits.nameMax)
    }

    private static func pointer(_ steps: some Sequence<Step>) -> String {
        var text = ""
        for step in steps {
            text += "/"
            switch step {
            case .member(let name), .name(let name): text += JSONPointer.escaped(name)
            case .index(let index): text += String(index)
            }
        }
        return text
    }
}
