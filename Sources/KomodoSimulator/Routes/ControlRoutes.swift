internal import JSON

/// The simulator's own endpoint, for tests and demonstrations in other processes.
///
/// - `GET /simulator/state`: version, counts, executions in progress.
/// - `GET /simulator/ledger?limit=N`: ``SimulatorLedger`` as JSON, at most N newest entries.
/// - `GET /simulator/canaries`: `all` canaries by the names of their places, and those `sent`;
///   none unless ``SimulatorOptions/hasCanaries``.
/// - `POST /simulator/faults`: puts a ``FaultScript`` in force.
/// - `POST /simulator/restart` with `{"down_ms": 500}` or nothing: restarts Core, answers, then
///   cuts every connection and refuses new ones for so long.
/// - `POST /simulator/hold` with `{"at": "Step 1"}`: executions stand still once their log shows
///   this text; `{}` lets them go on.
/// - `POST /simulator/reset`: back to the seeded world, without faults, ledger and updates.
///
/// It asks for no credentials and answers clients on this machine only.
struct ControlRoutes: Sendable {
    let core: SimulatedCore

    /// The beginning of every path.
    static let prefix = "/simulator/"
    /// Entries of a ledger answer when the request does not say.
    private static let ledgerLimit = 10_000

    /// How long connections are refused once the answer to a restart is written; nil for any other
    /// request.
    func downtime(_ request: Inbound) -> Duration? {
        guard Self.isLoopback(request.address), request.method == "POST",
            request.path == "/simulator/restart"
        else { return nil }
        let body = try? request.body.get()  // An absent body means no downtime.
        return .milliseconds(max(0, body?["down_ms"]?.int ?? 0))
    }

    /// Answers a request whose path begins with ``prefix``.
    func answer(_ request: Inbound) -> Reply {
        guard Self.isLoopback(request.address) else {
            return .error(403, "The control endpoint answers clients on this machine only")
        }
        switch (request.method, request.path) {
        case ("GET", "/simulator/state"): return .json(state)
        case ("GET", "/simulator/ledger"):
            return .json(core.ledger.json(limit: Self.limit(request.query)))
        case ("GET", "/simulator/canaries"): return .json(core.canaries)
        case ("POST", "/simulator/faults"): return script(request)
        case ("POST", "/simulator/restart"):
            core.withState { $0.restart() }
            return .json(["restarts": .int(core.withState { $0.restarts })])
        case ("POST", "/simulator/hold"): return hold(request)
        case ("POST", "/simulator/reset"):
            core.withState { $0.reset() }
            return .json([:])
        default:
            return .error(
                404,
                "No such control request; use GET state, GET ledger, GET canaries, POST faults, "
                    + "POST restart, POST hold or POST reset")
        }
    }

    private var state: JSONValue {
        core.withState { state in
            [
                "version": .string(state.version.description), "restarts": .int(state.restarts),
                "updates": .int(state.updates.count), "in_progress": .int(state.runs.count),
                "time": .int(state.clock.now),
            ]
        }
    }

    private func script(_ request: Inbound) -> Reply {
        do {
            let script = try FaultScript(try request.body.get())
            core.withState { $0.faults.apply(script) }
            return .json([
                "rules": .int(script.rules.count), "resources": .int(script.resources.count),
            ])
        } catch {
            return .error(400, "\(error)")
        }
    }

    private func hold(_ request: Inbound) -> Reply {
        do {
            let text = try request.body.get()["at"]
            guard text == nil || text?.string?.isEmpty == false else {
                return .error(400, "'at' must be a text")
            }
            core.withState { $0.heldAt = text?.string }
            return .json([:])
        } catch {
            return .error(400, "\(error)")
        }
    }

    private static func limit(_ query: String) -> Int {
        let value = query.split(separator: "&").first { $0.hasPrefix("limit=") }
        return value.flatMap { Int($0.dropFirst("limit=".count)) }.map { max(0, $0) } ?? ledgerLimit
    }

    private static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }
}
