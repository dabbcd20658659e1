internal import JSON

extension CoreState {
    /// The pause between two looks at what a procedure waits for, before scaling.
    private static let childPollMilliseconds = 200

    /// The pause between two looks at whether a run is still held.
    private static let heldPause: Duration = .milliseconds(20)

    private func isHeld(_ run: ActiveRun) -> Bool {
        guard let text = heldAt, let id = run.updateID, let record = updates[id] else {
            return false
        }
        return record.logs.contains { $0.stage.contains(text) || $0.stdout.contains(text) }
    }

    /// Moves a run on: ends the step that is under way and starts the next.
    ///
    /// - Returns: how long the next step takes; nil when there is nothing more to follow.
    mutating func advance(_ number: Int) -> Duration? {
        guard var run = runs[number] else { return nil }
        if isHeld(run) { return Self.heldPause }
        let now = clock.now
        if let start = run.stepStartedAt, !run.steps.isEmpty {
            let step = run.steps.removeFirst()
            run.stepStartedAt = nil
            runs[number] = run
            apply(step, to: number, from: start, to: now)
        }
        // Steps without a duration end at once, so that a change shows as one.
        while let step = runs[number]?.steps.first, step.milliseconds == 0 {
            runs[number]?.steps.removeFirst()
            apply(step, to: number, from: now, to: now)
        }
        guard let next = runs[number]?.steps.first else {
            if runs[number] != nil { end(number, with: nil) }
            return nil
        }
        runs[number]?.stepStartedAt = now
        return scaled(next.milliseconds)
    }

    /// Ends a run: writes what is pending, computes success, releases the lock, shows the result.
    mutating func end(_ number: Int, with draft: PlanStep.Draft?) {
        guard let run = runs.removeValue(forKey: number) else { return }
        let now = clock.now
        if let state = run.spec.state { active.end(state, on: run.resourceID) }
        guard let updateID = run.updateID else { return }
        runByUpdate[updateID] = nil
        updates.modify(updateID) { record in
            record.logs += run.pending
            if let draft {
                record.logs.append(UpdateLog(draft, from: run.stepStartedAt ?? now, to: now))
            }
            record.finalise(at: now)
        }
        if let record = updates[updateID] { settle(run, record, at: now) }
        announce(updateID)
        if run.isLost { updates.forget(updateID) }
    }

    private mutating func apply(
        _ step: PlanStep, to number: Int, from start: Int64, to now: Int64
    ) {
        switch step.outcome {
        case .nothing: break
        case .log(let draft):
            runs[number]?.pending.append(UpdateLog(draft, from: start, to: now))
        case .savedLog(let draft):
            runs[number]?.pending.append(UpdateLog(draft, from: start, to: now))
            save(number)
        case .line(let line): addLine(line, to: number)
        case .commit(let hash):
            guard let id = runs[number]?.updateID else { return }
            updates.modify(id) { $0.commitHash = hash }
        case .checkCancel(let stage): checkCancel(number, before: stage)
        case .children(let executions): startChildren(executions, of: number)
        case .awaitChildren(let stage): awaitChildren(number, stage: stage)
        case .compareStack: compareStack(number)
        }
    }

    private mutating func save(_ number: Int) {
        guard let run = runs[number], let id = run.updateID else { return }
        runs[number]?.pending = []
        updates.modify(id) { $0.logs += run.pending }
        announce(id)
    }

    private mutating func addLine(_ line: String, to number: Int) {
        guard let id = runs[number]?.updateID else { return }
        updates.modify(id) { record in
            guard !record.logs.isEmpty else { return }
            record.logs[0].stdout += "\n" + line
        }
        announce(id)
    }

    private mutating func abort(_ number: Int, _ message: String, trace: [String] = []) {
        runs[number]?.steps = []
        runs[number]?.stepStartedAt = nil
        end(
            number,
            with: PlanStep.Draft(
                stage: "Execution error", stderr: markup.error(message, trace: trace),
                success: false))
    }

    private mutating func checkCancel(_ number: Int, before stage: String) {
        guard runs[number]?.isCancelled == true else { return }
        let name = markup.bold(stage)
        addLine("\(markup.muted("ERROR")): Cancelled before stage: '\(name)'", to: number)
        abort(number, "Procedure cancelled before completion")
    }

    private mutating func startChildren(
        _ executions: [WorldResource.StageExecution], of number: Int
    ) {
        var ids: [String] = []
        for execution in executions {
            guard let spec = ExecutionCatalog.specs[execution.type] else { continue }
            var params: JSONObject = [:]
            params[execution.field] = .string(execution.name)
            do {
                let update = try accept(spec, .object(params), by: .procedure)
                if let id = update["_id"]?["$oid"]?.string { ids.append(id) }
            } catch {
                return abort(number, "Failed on \(execution.type)(\(execution.name))")
            }
        }
        runs[number]?.children = ids
    }

    private mutating func awaitChildren(_ number: Int, stage: String) {
        let children = runs[number]?.children.compactMap { updates[$0] } ?? []
        if children.contains(where: { $0.status == .inProgress }) {
            let again = PlanStep(
                milliseconds: Self.childPollMilliseconds, outcome: .awaitChildren(stage: stage))
            runs[number]?.steps.insert(again, at: 0)
            return
        }
        guard let failed = children.first(where: { !$0.success }) else { return }
        abort(
            number, "Failed stage '\(markup.bold(stage))' execution",
            trace: ["\(failed.operation) finished with failure"])
    }

    /// What DeployStackIfChanged finds: nothing, or another execution of its own.
    private mutating func compareStack(_ number: Int) {
        guard let run = runs[number], let stack = world[run.resourceID] else { return }
        var params: JSONObject = ["stack": .string(stack.id)]
        switch stack.behaviour.change {
        case .none: return
        case .whole: break
        case .service:
            params["services"] = .array(stack.services.prefix(1).map { .string($0.name) })
        }
        guard let spec = ExecutionCatalog.specs["DeployStack"] else { return }
        let id = newID()
        let isPart = stack.behaviour.change == .service
        let record = UpdateRecord(
            id: id, operation: isPart ? "DeployStackService" : "DeployStack", target: stack.target,
            operatorID: run.user.id, startTs: newStart())
        updates.insert(record)
        begin(spec, stack, .object(params), by: run.user, updateID: id)
    }
}
