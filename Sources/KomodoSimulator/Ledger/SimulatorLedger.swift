package import JSON

/// A snapshot of what a simulator was asked and what it accepted.
package struct SimulatorLedger: Sendable {
    /// One HTTP request that reached Core: every one whose head arrived, also those that were
    /// refused, never got a body, or became a websocket.
    package struct Request: Sendable, Hashable {
        /// When its head arrived, by this machine's clock, in milliseconds since 1970.
        package let time: Int64
        /// The request type, or the method and path when it has none.
        package let type: String
    }

    /// Accepted executions, oldest first; the newest ``RequestRing/capacity`` are kept.
    package let executions: [LedgerEntry]
    /// How many executions were accepted since the start or the last reset.
    package let executionCount: Int
    /// How many HTTP requests arrived.
    package let requestCount: Int
    /// The number of requests of each type.
    package let requestsByType: [String: Int]
    /// The newest requests, oldest first.
    package let requests: [Request]

    /// The executions of `request` on the target called `name`, by users; nil means any.
    package func submissions(of request: String? = nil, target name: String? = nil)
        -> [LedgerEntry]
    {
        executions.filter {
            (request == nil || $0.request == request) && (name == nil || $0.targetName == name)
                && $0.operatorID != Operator.procedure.id
        }
    }

    /// The most requests that arrived within any `milliseconds`.
    ///
    /// - Complexity: O(n) in the requests kept.
    package func busiestWindow(milliseconds: Int64) -> Int {
        var most = 0
        var first = 0
        for (index, request) in requests.enumerated() {
            while first < index, request.time - requests[first].time >= milliseconds { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    /// The counts, with at most `limit` of the newest executions and requests.
    package func json(limit: Int) -> JSONValue {
        var types: JSONObject = [:]
        for type in requestsByType.keys.sorted() { types[type] = .int(requestsByType[type] ?? 0) }
        return [
            "execution_count": .int(executionCount), "request_count": .int(requestCount),
            "requests_by_type": .object(types),
            "executions": .array(executions.suffix(limit).map(\.json)),
            "requests": .array(
                requests.suffix(limit).map {
                    ["time": .int($0.time), "type": .string($0.type)]
                }),
        ]
    }
}
