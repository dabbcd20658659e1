internal import JSON
internal import Jobs

/// A procedure as it is documented.
enum ProcedureDocument {
    /// The item of a list.
    static func listed(_ procedure: CoreResource) -> JSONObject {
        var document = head(procedure)
        let stages =
            procedure.info("stages")?.int
            ?? procedure.config("stages")?.array.map { Int64($0.count) }
        document.put("steps", int: stages)
        document.put("last_execution", object: procedure.lastRun(momentField: "started_at"))
        document.merge(procedure.ending())
        return document
    }

    /// The whole document.
    static func detailed(_ procedure: CoreResource, history: [ExecutionRecord]?) -> JSONObject {
        var document = head(procedure)
        let stages = procedure.config("stages")?.array ?? []
        document.put("steps", objects: ProcedureSteps.steps(of: stages))
        document.put(
            "last_execution",
            object: history?.first.map { $0.entry() }
                ?? procedure.lastRun(momentField: "started_at"))
        if let history {
            document.put("execution_history", objects: history.map { $0.entry() })
        }
        document.merge(procedure.ending())
        return document
    }

    /// How a procedure starts: `scheduled` before `webhook` before `manual`.
    ///
    /// - Parameter config: its configuration; Core lets webhooks start every procedure unless they
    ///   are turned off there.
    static func trigger(_ config: JSONValue?) -> String {
        if config?["schedule"]?.filledText != nil, config?["schedule_enabled"]?.bool != false {
            return "scheduled"
        }
        return config?["webhook_enabled"]?.bool == true ? "webhook" : "manual"
    }

    private static func head(_ procedure: CoreResource) -> JSONObject {
        var document = procedure.beginning()
        if let full = procedure.full {
            document.put("trigger", text: trigger(full["config"]))
        }
        document.merge(procedure.startings())
        return document
    }
}
