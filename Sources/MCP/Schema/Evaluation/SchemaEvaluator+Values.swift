internal import JSON

extension SchemaEvaluator {
    /// Checks `type`.
    mutating func checkType(_ value: JSONValue, _ types: TypeSet) -> Bool {
        if case .number(let text) = value { charge(text.utf8.count / 32) }
        if types.accepts(value) { return true }
        report(
            value, "type", "must be \(types.phrase)",
            found: value.isNull ? "null" : "\(Excerpt.of(value)), \(TypeSet.phrase(of: value))",
            detail: .types(types))
        return false
    }

    /// Checks `const`.
    mutating func checkConstant(
        _ value: JSONValue, _ known: CanonicalValue, _ shown: JSONValue
    ) -> Bool {
        guard canonical(value) != known else { return true }
        report(
            value, "const", "must be \(Excerpt.of(shown))", found: Excerpt.of(value),
            detail: .values([shown]))
        return false
    }

    /// Checks `enum`.
    mutating func checkEnumeration(
        _ value: JSONValue, _ known: Set<CanonicalValue>, _ shown: [JSONValue]
    ) -> Bool {
        guard !known.contains(canonical(value)) else { return true }
        reportChoice("enum", value, among: shown)
        return false
    }

    /// Tells that `value` is none of `allowed`.
    mutating func reportChoice(_ keyword: String, _ value: JSONValue, among allowed: [JSONValue]) {
        report(
            value, keyword, Self.choice(of: allowed),
            found: Excerpt.of(value) + Self.suggestion(for: value, among: allowed),
            detail: .values(allowed))
    }

    private static func choice(of allowed: [JSONValue]) -> String {
        switch allowed.count {
        case 0: "cannot have any value"
        case 1: "must be \(Excerpt.list(allowed))"
        default: "must be one of \(Excerpt.list(allowed))"
        }
    }

    private static func suggestion(for value: JSONValue, among allowed: [JSONValue]) -> String {
        let names = allowed.compactMap(\.string)
        guard names.count > 1, let text = value.string,
            let nearest = NearestName.of(text, among: names)
        else { return "" }
        return " (did you mean \(Excerpt.of(.string(nearest)))?)"
    }

    private mutating func canonical(_ value: JSONValue) -> CanonicalValue {
        var cost = 0
        defer { charge(cost) }
        return CanonicalValue(value, cost: &cost)
    }

    // MARK: Numbers

    /// Checks `minimum`, `maximum` and their exclusive forms.
    mutating func checkBound(_ value: JSONValue, _ bound: SchemaKeyword.NumericBound) -> Bool {
        guard let number = number(value) else { return true }
        let isBeyond = bound.isUpper ? bound.number < number : number < bound.number
        guard isBeyond || bound.isExclusive && number == bound.number else { return true }
        let phrase =
            switch (bound.isUpper, bound.isExclusive) {
            case (false, false): "at least"
            case (false, true): "more than"
            case (true, false): "at most"
            case (true, true): "less than"
            }
        report(
            value, bound.keyword, "must be \(phrase) \(Excerpt.of(.number(bound.text)))",
            found: Excerpt.of(value))
        return false
    }

    /// Checks `multipleOf`.
    mutating func checkMultiple(
        _ value: JSONValue, _ divisor: ExactNumber.Divisor, _ text: String
    ) -> Bool {
        guard let number = number(value), !number.isMultiple(of: divisor) else { return true }
        report(
            value, "multipleOf", "must be a multiple of \(Excerpt.of(.number(text)))",
            found: Excerpt.of(value))
        return false
    }

    private mutating func number(_ value: JSONValue) -> ExactNumber? {
        guard case .number(let text) = value else { return nil }
        charge(text.utf8.count / 32)
        return ExactNumber(text)
    }

    // MARK: Texts and sizes

    /// Checks the limits of lengths and counts.
    mutating func checkSize(_ value: JSONValue, _ bound: SchemaKeyword.SizeBound) -> Bool {
        guard let size = size(of: value, in: bound.unit) else { return true }
        guard bound.isUpper ? size > bound.limit : size < bound.limit else { return true }
        let found =
            bound.unit == .characters ? "\(Excerpt.of(value)) with \(size)" : String(size)
        report(
            value, bound.keyword,
            "must have \(bound.isUpper ? "at most" : "at least") "
                + Self.amount(bound.limit, bound.unit),
            found: found)
        return false
    }

    private mutating func size(
        of value: JSONValue, in unit: SchemaKeyword.SizeBound.Unit
    ) -> Int? {
        switch (unit, value) {
        case (.characters, .string(let text)):
            charge(text.utf8.count / 32)
            return text.unicodeScalars.count
        case (.elements, .array(let elements)): return elements.count
        case (.members, .object(let object)): return object.count
        case (.characters, _), (.elements, _), (.members, _): return nil
        }
    }

    private static func amount(_ count: Int, _ unit: SchemaKeyword.SizeBound.Unit) -> String {
        switch (unit, count == 1) {
        case (.characters, true): "1 character"
        case (.characters, false): "\(count) characters"
        case (.elements, true): "1 element"
        case (.elements, false): "\(count) elements"
        case (.members, true): "1 property"
        case (.members, false): "\(count) properties"
        }
    }

    /// Checks `pattern`.
    mutating func checkPattern(_ value: JSONValue, _ pattern: SchemaPattern) -> Bool {
        guard case .string(let text) = value, !matches(text, pattern) else { return true }
        report(
            value, "pattern",
            "must match the pattern \(Excerpt.cut(pattern.text, to: SchemaLimits.nameMax))",
            found: Excerpt.of(value))
        return false
    }

    /// Checks a `format` that was asked for.
    mutating func checkFormat(_ value: JSONValue, _ format: SchemaFormat) -> Bool {
        guard case .string(let text) = value else { return true }
        charge(text.utf8.count / 16)
        guard !format.accepts(text) else { return true }
        report(value, "format", "must be \(format.phrase)", found: Excerpt.of(value))
        return false
    }
}
