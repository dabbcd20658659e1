/// Which members of an object, or elements of an array, subschemas have evaluated.
struct SchemaMarks {
    /// Whether anybody asks; nothing is noted otherwise.
    let isNoting: Bool
    private var isAll = false
    /// Everything before this position is evaluated.
    private var prefix = 0
    private var positions: Set<Int> = []

    init(isNoting: Bool) {
        self.isNoting = isNoting
    }

    /// Notes that everything is evaluated.
    mutating func noteAll() {
        isAll = true
    }

    /// Notes the first `count` elements.
    mutating func note(prefix count: Int) {
        prefix = max(prefix, count)
    }

    /// Notes the member or element at `position`.
    mutating func note(_ position: Int) {
        guard isNoting else { return }
        positions.insert(position)
    }

    /// Notes what `other` has noted for the same value.
    mutating func merge(_ other: SchemaMarks) {
        guard isNoting else { return }
        isAll = isAll || other.isAll
        prefix = max(prefix, other.prefix)
        positions.formUnion(other.positions)
    }

    /// Whether the member or element at `position` was evaluated.
    func has(_ position: Int) -> Bool {
        isAll || position < prefix || positions.contains(position)
    }
}
