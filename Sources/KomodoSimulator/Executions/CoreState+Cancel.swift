internal import JSON

extension CoreState {
    /// Carries out a cancel; false when the request is none.
    mutating func cancel(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ params: JSONValue, updateID: String
    ) -> Bool {
        switch spec.name {
        case "CancelBuild": cancelBuild(resource, updateID)
        case "CancelRepoBuild": cancelRepoBuild(resource, updateID)
        case "CancelProcedure": cancelProcedure(resource, updateID)
        case "CancelAction": cancelAction(resource, params["update_id"]?.string ?? "", updateID)
        default: return false
        }
        return true
    }

    private mutating func cancelBuild(_ build: WorldResource, _ updateID: String) {
        guard active.count("building", on: build.id) > 0 else {
            return refuse(updateID, "Build is not building.")
        }
        let triggered = PlanStep.Draft(
            stage: "Cancel Triggered", stdout: "The build cancel has been triggered")
        guard version.isTwoThree else {
            let text =
                "Build cancellation is not possible on server builders at this time. Use an AWS "
                + "builder to enable this feature."
            let log = PlanStep.Draft(stage: "Cancel acknowledged", stderr: text, success: false)
            return complete(updateID, [triggered, log])
        }
        let text = "The build cancellation has been queued, it may still take some time."
        complete(updateID, [triggered, PlanStep.Draft(stage: "Cancel acknowledged", stdout: text)])
        for (number, run) in runs
        where run.resourceID == build.id && run.spec.name == "RunBuild" {
            let isCloning = run.updateID.flatMap { updates[$0]?.logs.isEmpty } ?? true
            let log =
                isCloning
                ? PlanStep.Draft(
                    stage: "Build cancelled", stderr: "Build cancelled during repo clone",
                    success: false)
                : PlanStep.Draft(
                    stage: "Build Cancelled",
                    stderr: "User cancelled build during image build step", success: false)
            end(number, with: log)
        }
    }

    private mutating func cancelRepoBuild(_ repo: WorldResource, _ updateID: String) {
        guard active.count("building", on: repo.id) > 0 else {
            return refuse(updateID, "Repo is not building.")
        }
        let text =
            "Repo Build cancellation is not possible on server builders at this time. Use an AWS "
            + "builder to enable this feature."
        complete(
            updateID,
            [
                PlanStep.Draft(
                    stage: "cancel triggered", stdout: "the repo build cancel has been triggered"),
                PlanStep.Draft(stage: "Cancel acknowledged", stderr: text, success: false),
            ])
    }

    private mutating func cancelProcedure(_ procedure: WorldResource, _ updateID: String) {
        let found = runs.first {
            $0.value.resourceID == procedure.id && $0.value.spec.name == "RunProcedure"
        }
        guard let number = found?.key else {
            return refuse(updateID, "Procedure run cancel token not found")
        }
        runs[number]?.isCancelled = true
        let text =
            "Procedure cancel has been triggered. The procedure will exit after the currently "
            + "running stage is complete."
        complete(updateID, [PlanStep.Draft(stage: "Cancel Triggered", stdout: text)])
    }

    private mutating func cancelAction(
        _ action: WorldResource, _ wanted: String, _ updateID: String
    ) {
        var target = wanted
        if target.isEmpty {
            let found = runs.first {
                $0.value.resourceID == action.id && $0.value.spec.name == "RunAction"
            }
            guard let id = found?.value.updateID else {
                return refuse(updateID, "No active run to cancel found")
            }
            target = id
        }
        guard let number = runByUpdate[target], runs[number]?.spec.name == "RunAction" else {
            return refuse(updateID, "Action run cancel token not found")
        }
        complete(
            updateID,
            [
                PlanStep.Draft(
                    stage: "Cancel Triggered", stdout: "The action cancel has been triggered.")
            ])
        end(
            number,
            with: PlanStep.Draft(
                stage: "Execute Action",
                command: "deno run --allow-all /action/\(action.name).ts",
                stderr: "Command cancelled (process group killed)", success: false))
    }

    private mutating func refuse(_ updateID: String, _ message: String) {
        complete(
            updateID,
            [
                PlanStep.Draft(
                    stage: "Task Error", stderr: markup.error(message), success: false)
            ])
    }

    private mutating func complete(_ updateID: String, _ drafts: [PlanStep.Draft]) {
        let now = clock.now
        updates.modify(updateID) { record in
            record.logs += drafts.map { UpdateLog($0, from: now, to: now) }
            record.finalise(at: now)
        }
        announce(updateID)
    }
}

extension UpdateLog {
    /// A draft with its times.
    init(_ draft: PlanStep.Draft, from start: Int64, to end: Int64) {
        self.init(
            stage: draft.stage, command: draft.command, stdout: draft.stdout, stderr: draft.stderr,
            success: draft.success, startTs: start, endTs: end)
    }
}
