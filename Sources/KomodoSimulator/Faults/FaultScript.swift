internal import JSON

/// Everything that goes wrong, in the order in which rules are tried.
///
/// As JSON:
/// ```
/// {
///   "rules": [
///     {"match": {"method": "POST", "path": "/execute", "type": "Deploy", "target": "web",
///                "nth": 1, "every": 3, "probability": 0.2},
///      "times": 2,
///      "action": {"kind": "drop_after", "delay_before_ms": 0, "delay_after_ms": 0}}
///   ],
///   "resources": [{"name": "web", "type": "Deployment", "behaviour": "busy",
///                  "for_ms": 2000, "times": 1}],
///   "websocket": {"refuse": false, "status": 503, "stall_after": 3, "close_after": 9,
///                 "duplicates": 1},
///   "database_down": false,
///   "append": false
/// }
/// ```
/// Every key is optional, unknown keys are refused. The first rule that selects a request and whose
/// counts allow it decides. `<doc:Faults>` lists the kinds of action with their keys.
package struct FaultScript: Sendable, Hashable {
    package var rules: [FaultRule]
    package var resources: [ResourceFault]
    package var websocket: SocketFault
    /// Whether every login meets `Failed to query db`.
    package var isDatabaseDown: Bool
    /// Whether the script is added to the one in force instead of replacing it.
    package var appends = false

    /// Rules, resources and rules of a script that are accepted.
    package static let entriesMax = 10_000

    /// A script of the given faults.
    package init(
        rules: [FaultRule] = [], resources: [ResourceFault] = [],
        websocket: SocketFault = SocketFault(), isDatabaseDown: Bool = false
    ) {
        self.rules = rules
        self.resources = resources
        self.websocket = websocket
        self.isDatabaseDown = isDatabaseDown
    }

    /// Reads a script from JSON text.
    ///
    /// - Throws: ``FaultScriptError`` naming the place that is wrong.
    package init(parsing text: String) throws(FaultScriptError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw FaultScriptError(message: "The fault script is \(error)")
        }
        try self.init(value)
    }
}

/// Why a fault script cannot be used.
package struct FaultScriptError: Error, CustomStringConvertible {
    /// A sentence naming the place that is wrong.
    package let message: String

    package var description: String { message }
}
