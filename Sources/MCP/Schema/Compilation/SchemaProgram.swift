internal import JSON

/// A schema made ready for evaluation.
struct SchemaProgram: Sendable {
    var nodes: [SchemaNode] = []
    var root = 0
    /// By resource: the nodes of its dynamic anchors.
    var dynamicAnchors: [[ExactText: Int]] = []
}

/// One subschema.
struct SchemaNode: Sendable {
    /// The resource that it belongs to: a document, or what stands below an `$id`.
    var resource = 0
    var body = Body.all
    /// Whether unevaluated members or elements are asked for, so that evaluated ones are noted.
    var notes = false

    /// What a subschema demands.
    enum Body: Sendable {
        /// Nothing: every value conforms.
        case all
        /// No value conforms.
        case none
        /// All of these, in this order.
        case keywords([SchemaKeyword])
    }
}

/// One demand; subschemas are given by their index in the program.
enum SchemaKeyword: Sendable {
    case type(TypeSet)
    case constant(CanonicalValue, JSONValue)
    case enumeration(Set<CanonicalValue>, [JSONValue])
    case bound(NumericBound)
    case multiple(ExactNumber.Divisor, text: String)
    case size(SizeBound)
    case pattern(SchemaPattern)
    case format(SchemaFormat)
    case elements(prefix: [Int], rest: Int?)
    case contains(Int, min: Int, max: Int?)
    case uniqueItems
    case required([String])
    case members(MemberRules)
    case propertyNames(Int)
    case dependentRequired([DependentRequired])
    case dependentSchemas([DependentSchema])
    case reference(Int)
    case dynamicReference(Int, anchor: ExactText)
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case condition(Int, then: Int?, otherwise: Int?)
    case unevaluatedItems(Int)
    case unevaluatedProperties(Int)

    /// A limit of a number.
    struct NumericBound: Sendable {
        let keyword: String
        let isUpper: Bool
        let isExclusive: Bool
        let number: ExactNumber
        /// The number as the schema has it.
        let text: String
    }

    /// A limit of a length or count.
    struct SizeBound: Sendable {
        /// What is counted.
        enum Unit: Sendable {
            case characters, elements, members
        }

        let keyword: String
        let unit: Unit
        let isUpper: Bool
        let limit: Int
    }

    /// What the members of an object must be.
    struct MemberRules: Sendable {
        var named: [ExactText: Int] = [:]
        /// The names of ``named`` in the order of the schema.
        var names: [String] = []
        var patterns: [(pattern: SchemaPattern, node: Int)] = []
        var additional: Int?
    }

    /// Names that must be present beside another.
    struct DependentRequired: Sendable {
        let name: String
        let required: [String]
    }

    /// A subschema that applies when a name is present.
    struct DependentSchema: Sendable {
        let name: String
        let node: Int
    }
}

extension SchemaKeyword {
    /// The subschemas that apply to the same value as this keyword; without dynamic references.
    var inPlace: [Int] {
        switch self {
        case .reference(let node), .not(let node): [node]
        case .allOf(let nodes), .anyOf(let nodes), .oneOf(let nodes): nodes
        case .dependentSchemas(let rules): rules.map(\.node)
        case .condition(let test, let then, let otherwise):
            [test] + [then, otherwise].compactMap { $0 }
        case .type, .constant, .enumeration, .bound, .multiple, .size, .pattern, .format,
            .elements, .contains, .uniqueItems, .required, .members, .propertyNames,
            .dependentRequired, .dynamicReference, .unevaluatedItems, .unevaluatedProperties:
            []
        }
    }

    /// Whether the keyword looks at what others have evaluated.
    var isUnevaluated: Bool {
        switch self {
        case .unevaluatedItems, .unevaluatedProperties: true
        case .type, .constant, .enumeration, .bound, .multiple, .size, .pattern, .format,
            .elements, .contains, .uniqueItems, .required, .members, .propertyNames,
            .dependentRequired, .dependentSchemas, .reference, .dynamicReference, .allOf,
            .anyOf, .oneOf, .not, .condition:
            false
        }
    }
}

extension SchemaProgram {
    /// The names of properties that `node` and what applies in its place know.
    func knownNames(of node: Int) -> [String] {
        var open = [node]
        var seen: Set<Int> = []
        var names: [String] = []
        while let node = open.popLast() {
            guard seen.insert(node).inserted, case .keywords(let keywords) = nodes[node].body
            else { continue }
            for keyword in keywords {
                if case .members(let rules) = keyword { names += rules.names }
                open += keyword.inPlace
            }
        }
        return names
    }

    /// A node whose references come back to it without a step into the value; nil when none does.
    ///
    /// - Complexity: O(n) in the number of nodes and of their references.
    func endlessNode() -> Int? {
        let targets = nodes.map { node -> [Int] in
            guard case .keywords(let keywords) = node.body else { return [] }
            return keywords.flatMap(\.inPlace)
        }
        var pending = Array(repeating: 0, count: nodes.count)
        for target in targets.joined() { pending[target] += 1 }
        // Nodes that nothing leads to any more are taken away; a circle stays.
        var open = pending.indices.filter { pending[$0] == 0 }
        var left = nodes.count
        while let node = open.popLast() {
            left -= 1
            for target in targets[node] {
                pending[target] -= 1
                if pending[target] == 0 { open.append(target) }
            }
        }
        return left == 0 ? nil : pending.firstIndex { $0 > 0 }
    }
}
