internal import JSON

extension SchemaCompiler {
    /// The demands of a subschema in the order in which they are checked: what a value is comes
    /// first, what others have left unevaluated comes last.
    mutating func keywords(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        try checkDefinitions(of: source)
        var keywords: [SchemaKeyword] = []
        keywords += try values(of: source)
        keywords += try bounds(of: source)
        keywords += try texts(of: source)
        keywords += try arrays(of: source)
        keywords += try objects(of: source)
        keywords += try references(of: source)
        keywords += try combinations(of: source)
        if let node = try child("unevaluatedItems", of: source) {
            keywords.append(.unevaluatedItems(node))
        }
        if let node = try child("unevaluatedProperties", of: source) {
            keywords.append(.unevaluatedProperties(node))
        }
        return keywords
    }

    private func checkDefinitions(of source: Source) throws(SchemaError) {
        guard let definitions = source.object["$defs"] else { return }
        guard definitions.object != nil else {
            throw source.malformed("$defs", "an object of schemas")
        }
    }

    // MARK: Any value

    private func values(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords: [SchemaKeyword] = []
        if let value = source.object["type"] {
            keywords.append(.type(try types(value, of: source)))
        }
        var cost = 0
        if let value = source.object["const"] {
            keywords.append(.constant(CanonicalValue(value, cost: &cost), value))
        }
        if let value = source.object["enum"] {
            guard let values = value.array else { throw source.malformed("enum", "a list") }
            let known = Set(values.map { CanonicalValue($0, cost: &cost) })
            keywords.append(.enumeration(known, values))
        }
        return keywords
    }

    private func types(_ value: JSONValue, of source: Source) throws(SchemaError) -> TypeSet {
        let values = value.array ?? [value]
        let types = values.compactMap { $0.string.flatMap { TypeSet(name: $0) } }
        guard types.count == values.count, !types.isEmpty else {
            throw source.malformed(
                "type", "one of string, integer, number, boolean, array, object, null, or a list")
        }
        return types.reduce([]) { $0.union($1) }
    }

    // MARK: Numbers

    private func bounds(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        let rules: [(keyword: String, isUpper: Bool, isExclusive: Bool)] = [
            ("minimum", false, false), ("exclusiveMinimum", false, true),
            ("maximum", true, false), ("exclusiveMaximum", true, true),
        ]
        var keywords: [SchemaKeyword] = []
        for rule in rules {
            guard let (number, text) = try number(rule.keyword, of: source) else { continue }
            keywords.append(
                .bound(
                    SchemaKeyword.NumericBound(
                        keyword: rule.keyword, isUpper: rule.isUpper,
                        isExclusive: rule.isExclusive, number: number, text: text)))
        }
        if let (number, text) = try number("multipleOf", of: source) {
            guard let divisor = ExactNumber.Divisor(number) else {
                throw source.malformed(
                    "multipleOf",
                    "above 0, with at most \(SchemaLimits.divisorDigitsMax) significant digits")
            }
            keywords.append(.multiple(divisor, text: text))
        }
        return keywords
    }

    private func number(
        _ keyword: String, of source: Source
    ) throws(SchemaError) -> (ExactNumber, String)? {
        guard let value = source.object[keyword] else { return nil }
        guard case .number(let text) = value, let number = ExactNumber(text) else {
            throw source.malformed(keyword, "a number")
        }
        return (number, text)
    }

    private func count(_ keyword: String, of source: Source) throws(SchemaError) -> Int? {
        guard source.object[keyword] != nil else { return nil }
        guard let count = try number(keyword, of: source)?.0.count else {
            throw source.malformed(keyword, "an integer of at least 0")
        }
        return count
    }

    private func sizes(
        of unit: SchemaKeyword.SizeBound.Unit, _ lower: String, _ upper: String, _ source: Source
    ) throws(SchemaError) -> [SchemaKeyword] {
        var keywords: [SchemaKeyword] = []
        for (keyword, isUpper) in [(lower, false), (upper, true)] {
            guard let limit = try count(keyword, of: source) else { continue }
            keywords.append(
                .size(
                    SchemaKeyword.SizeBound(
                        keyword: keyword, unit: unit, isUpper: isUpper, limit: limit)))
        }
        return keywords
    }

    // MARK: Texts

    private mutating func texts(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords = try sizes(of: .characters, "minLength", "maxLength", source)
        if let value = source.object["pattern"] {
            guard let text = value.string else { throw source.malformed("pattern", "a text") }
            keywords.append(.pattern(try pattern(text, "pattern", of: source)))
        }
        if let value = source.object["format"] {
            guard let name = value.string else { throw source.malformed("format", "a text") }
            if let format = SchemaFormat(rawValue: name), formats.contains(format) {
                keywords.append(.format(format))
            }
        }
        return keywords
    }

    // MARK: Arrays and objects

    private mutating func arrays(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords = try sizes(of: .elements, "minItems", "maxItems", source)
        let prefix = try children("prefixItems", of: source)
        let rest = try child("items", of: source)
        if prefix != nil || rest != nil {
            keywords.append(.elements(prefix: prefix ?? [], rest: rest))
        }
        let min = try count("minContains", of: source)
        let max = try count("maxContains", of: source)
        if let node = try child("contains", of: source) {
            keywords.append(.contains(node, min: min ?? 1, max: max))
        }
        if let value = source.object["uniqueItems"] {
            guard let isUnique = value.bool else {
                throw source.malformed("uniqueItems", "true or false")
            }
            if isUnique { keywords.append(.uniqueItems) }
        }
        return keywords
    }

    private mutating func objects(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords: [SchemaKeyword] = []
        if let value = source.object["required"] {
            keywords.append(.required(try names(value, "required", of: source)))
        }
        keywords += try sizes(of: .members, "minProperties", "maxProperties", source)
        if let rules = try memberRules(of: source) { keywords.append(.members(rules)) }
        if let node = try child("propertyNames", of: source) {
            keywords.append(.propertyNames(node))
        }
        if let value = source.object["dependentRequired"] {
            guard let object = value.object else {
                throw source.malformed("dependentRequired", "an object of lists of names")
            }
            var rules: [SchemaKeyword.DependentRequired] = []
            for member in object.members {
                let required = try names(member.value, "dependentRequired", of: source)
                rules.append(
                    SchemaKeyword.DependentRequired(name: member.key, required: required))
            }
            keywords.append(.dependentRequired(rules))
        }
        if let rules = try namedChildren("dependentSchemas", of: source) {
            keywords.append(
                .dependentSchemas(
                    rules.map { SchemaKeyword.DependentSchema(name: $0.name, node: $0.node) }))
        }
        return keywords
    }

    private mutating func memberRules(
        of source: Source
    ) throws(SchemaError) -> SchemaKeyword.MemberRules? {
        let named = try namedChildren("properties", of: source)
        let patterns = try namedChildren("patternProperties", of: source)
        let additional = try child("additionalProperties", of: source)
        guard named != nil || patterns != nil || additional != nil else { return nil }
        var rules = SchemaKeyword.MemberRules(additional: additional)
        for (name, node) in named ?? [] {
            rules.named[ExactText(name)] = node
            rules.names.append(name)
        }
        for (text, node) in patterns ?? [] {
            let pattern = try pattern(text, "patternProperties", of: source)
            rules.patterns.append((pattern, node))
        }
        return rules
    }

    private func names(
        _ value: JSONValue, _ keyword: String, of source: Source
    ) throws(SchemaError) -> [String] {
        let names = value.array?.compactMap(\.string)
        guard let names, names.count == value.array?.count else {
            throw source.malformed(keyword, "a list of names")
        }
        return names
    }

    // MARK: References and combinations

    private mutating func references(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords: [SchemaKeyword] = []
        if let target = try reference("$ref", of: source) {
            keywords.append(.reference(target.node))
        }
        if let target = try reference("$dynamicRef", of: source) {
            if let anchor = target.dynamicAnchor {
                lookFor(dynamicAnchor: anchor)
                keywords.append(.dynamicReference(target.node, anchor: anchor))
            } else {
                keywords.append(.reference(target.node))
            }
        }
        return keywords
    }

    private mutating func combinations(of source: Source) throws(SchemaError) -> [SchemaKeyword] {
        var keywords: [SchemaKeyword] = []
        if let nodes = try children("allOf", of: source) { keywords.append(.allOf(nodes)) }
        if let nodes = try children("anyOf", of: source) { keywords.append(.anyOf(nodes)) }
        if let nodes = try children("oneOf", of: source) { keywords.append(.oneOf(nodes)) }
        if let node = try child("not", of: source) { keywords.append(.not(node)) }
        let then = try child("then", of: source)
        let otherwise = try child("else", of: source)
        if let test = try child("if", of: source) {
            keywords.append(.condition(test, then: then, otherwise: otherwise))
        }
        return keywords
    }
}
