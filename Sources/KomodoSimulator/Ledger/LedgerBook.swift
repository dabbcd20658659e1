internal import JSON

/// Counts and keeps what arrives.
struct LedgerBook: Sendable {
    private var executions = RequestRing<LedgerEntry>()
    private var executionCount = 0
    private var requests = RequestRing<SimulatorLedger.Request>()
    private var requestCount = 0
    private var requestsByType: [String: Int] = [:]
    /// Types that are counted by name; the rest count as `other`.
    private static let typesMax = 1_000

    /// Notes an HTTP request whose head arrived at `time`, by this machine's clock.
    mutating func record(request type: String, at time: Int64) {
        let isKnown = requestsByType[type] != nil || requestsByType.count < Self.typesMax
        requestCount += 1
        requestsByType[isKnown ? type : "other", default: 0] += 1
        requests.append(SimulatorLedger.Request(time: time, type: type))
    }

    /// Notes an accepted execution.
    mutating func record(
        _ request: String, on resource: WorldResource, by user: Operator, updateID: String?,
        params: JSONValue, at time: Int64
    ) {
        executionCount += 1
        executions.append(
            LedgerEntry(
                sequence: executionCount, time: time, request: request,
                targetType: resource.kind.rawValue, targetID: resource.id,
                targetName: resource.name, operatorID: user.id, updateID: updateID, params: params))
    }

    /// What was noted so far.
    var snapshot: SimulatorLedger {
        SimulatorLedger(
            executions: executions.ordered, executionCount: executionCount,
            requestCount: requestCount, requestsByType: requestsByType,
            // A body can take its time, so a request may be noted after younger ones.
            requests: requests.ordered.sorted { $0.time < $1.time })
    }
}
