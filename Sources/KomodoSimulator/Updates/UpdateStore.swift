/// Every stored update in order of its start, bounded.
///
/// Updates are found by id and by target; the oldest are forgotten when there are too many.
struct UpdateStore: Sendable {
    private var records: [UpdateRecord] = []
    /// The sequence number of `records[0]`.
    private var firstSequence = 0
    private var sequenceByID: [String: Int] = [:]
    private var sequencesByTarget: [String: [Int]] = [:]
    private let capacity: Int
    /// The part of the capacity that is dropped at once when it is reached.
    private static let dropDivisor = 10

    init(capacity: Int) {
        self.capacity = max(capacity, Self.dropDivisor)
    }

    /// The number of updates kept.
    var count: Int { records.count }

    /// Adds an update that started no earlier than all others.
    mutating func insert(_ record: UpdateRecord) {
        if records.count >= capacity { dropOldest() }
        let sequence = firstSequence + records.count
        records.append(record)
        sequenceByID[record.id] = sequence
        sequencesByTarget[record.target.id, default: []].append(sequence)
    }

    /// The update with `id`; assigning replaces what is stored, and nothing is added.
    subscript(id: String) -> UpdateRecord? {
        get { sequenceByID[id].map { records[$0 - firstSequence] } }
        set {
            guard let sequence = sequenceByID[id], let newValue else { return }
            records[sequence - firstSequence] = newValue
        }
    }

    /// Changes the update with `id` in place; false when it is not stored.
    @discardableResult
    mutating func modify(_ id: String, _ change: (inout UpdateRecord) -> Void) -> Bool {
        guard let sequence = sequenceByID[id] else { return false }
        change(&records[sequence - firstSequence])
        return true
    }

    /// Forgets one update, as a restored database does.
    mutating func forget(_ id: String) {
        // The record stays in its place, unreachable by its id, so that sequences stay dense.
        guard let sequence = sequenceByID.removeValue(forKey: id) else { return }
        sequencesByTarget[records[sequence - firstSequence].target.id]?.removeAll { $0 == sequence }
    }

    /// The newest update of `operation` on a target.
    func newest(operation: String, targetID: String) -> UpdateRecord? {
        sequencesByTarget[targetID]?.lazy.reversed()
            .map { records[$0 - firstSequence] }
            .first { $0.operation == operation }
    }

    /// The matching updates, newest first.
    ///
    /// - Complexity: O(k) in the updates that the filter's `_id` or `target.id` leaves, else O(n).
    func page(
        _ filter: UpdateFilter, skip: Int, limit: Int, isVisible: (UpdateRecord) -> Bool
    ) -> [UpdateRecord] {
        var found: [UpdateRecord] = []
        var skipped = 0
        func consider(_ record: UpdateRecord) -> Bool {
            guard sequenceByID[record.id] != nil, filter.matches(record), isVisible(record) else {
                return true
            }
            guard skipped >= skip else {
                skipped += 1
                return true
            }
            found.append(record)
            return found.count < limit
        }
        if let ids = filter.requiredIDs {
            let sequences = Set(ids.compactMap { sequenceByID[$0] }).sorted(by: >)
            for sequence in sequences where !consider(records[sequence - firstSequence]) { break }
        } else if let target = filter.requiredTargetID {
            for sequence in (sequencesByTarget[target] ?? []).reversed()
            where !consider(records[sequence - firstSequence]) { break }
        } else {
            for record in records.reversed() where !consider(record) { break }
        }
        return found
    }

    /// Changes every update that is in progress.
    mutating func modifyInProgress(_ change: (inout UpdateRecord) -> Void) {
        for index in records.indices where records[index].status == .inProgress {
            change(&records[index])
        }
    }

    private mutating func dropOldest() {
        let dropped = max(1, capacity / Self.dropDivisor)
        for record in records.prefix(dropped) { sequenceByID[record.id] = nil }
        firstSequence += dropped
        records.removeFirst(dropped)
        let first = firstSequence
        sequencesByTarget = sequencesByTarget.compactMapValues { sequences in
            let kept = sequences.filter { $0 >= first }
            return kept.isEmpty ? nil : kept
        }
    }
}
