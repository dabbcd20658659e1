internal import JSON

extension CoreState {
    /// Begins an accepted execution: refuses it in its update, or leaves a run to follow.
    mutating func begin(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ params: JSONValue, by user: Operator,
        updateID: String?
    ) {
        let scripted = faults.meet(resource)
        let behaviour = Self.merge(resource.behaviour, scripted)
        if let refusal = refusal(spec, resource, behaviour, scripted, user) {
            if let updateID { fail(updateID, refusal.message, trace: refusal.trace) }
            return
        }
        if let updateID, cancel(spec, resource, params, updateID: updateID) { return }
        world[resource.id]?.runs += 1
        let resource = world[resource.id] ?? resource
        if let state = spec.state { active.begin(state, on: resource.id) }
        showTransition(spec, resource)
        if let updateID { open(updateID, spec, resource) }
        let plan = plan(spec, resource, params, behaviour, scripted)
        var run = ActiveRun(
            updateID: updateID, spec: spec, resourceID: resource.id, user: user,
            steps: behaviour.hangs ? [] : plan.steps)
        run.isLost = scripted == .lost
        run.stateAfterDeploy = behaviour.stateAfterDeploy
        let number = nextRun
        nextRun += 1
        runs[number] = run
        if let updateID { runByUpdate[updateID] = number }
        if !behaviour.hangs { effects.append(.follow(number)) }
    }

    /// A refusal that Core writes into the update.
    struct Refusal {
        let message: String
        var trace: [String] = []
    }

    private func refusal(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ behaviour: Behaviour,
        _ scripted: ResourceFault.Behaviour?, _ user: Operator
    ) -> Refusal? {
        if user.isRestricted, behaviour.isForbidden {
            return Refusal(message: permissionText(resource, "Execute"))
        }
        if resource.builderID.isEmpty, spec.name == "RunBuild" || spec.name == "BuildRepo" {
            return Refusal(message: "Must attach builder to \(spec.name)")
        }
        if isBusy(spec, resource, behaviour) || (scripted == .busy && spec.state != nil) {
            return Refusal(message: "Resource is busy")
        }
        if resource.serverID.isEmpty, spec.name == "CloneRepo" || spec.name == "PullRepo" {
            return Refusal(message: "repo has no server attached")
        }
        if scripted == .offline || !world.isReachable(resource) { return unreachable(resource) }
        return nil
    }

    private func isBusy(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ behaviour: Behaviour
    ) -> Bool {
        guard spec.state != nil, resource.kind != .action else { return false }
        let isContainerWork = resource.kind == .server && !spec.name.hasPrefix("Prune")
        guard !isContainerWork else { return false }
        return active.isBusy(resource) || isBusyAtFirst(behaviour)
    }

    /// Whether somebody else's work of the seeded world is still going on.
    func isBusyAtFirst(_ behaviour: Behaviour) -> Bool {
        behaviour.busyMilliseconds > 0
            && ContinuousClock.now < startedAt + scaled(behaviour.busyMilliseconds)
    }

    /// What Core says when it cannot work on the server of a resource.
    func unreachable(_ resource: WorldResource) -> Refusal {
        let server = resource.kind == .server ? resource : world[resource.serverID]
        guard version.isTwo else {
            return Refusal(
                message: "failed at request to periphery",
                trace: ["error sending request for url", "tcp connect error: Connection refused"])
        }
        if resource.kind == .deployment || resource.kind == .stack {
            return Refusal(
                message: "Cannot send command when Server is unreachable or disabled")
        }
        if server?.state == "Disabled" { return Refusal(message: "server not enabled") }
        return Refusal(
            message: "Server \(server?.id ?? "") is not connected",
            trace: ["Server is not currently connected"])
    }

    /// Completes an update with what Core's task returned as its error.
    private mutating func fail(_ updateID: String, _ message: String, trace: [String]) {
        let now = clock.now
        let log = UpdateLog.error("Task Error", markup.error(message, trace: trace), at: now)
        updates.modify(updateID) { record in
            record.logs.append(log)
            record.finalise(at: now)
        }
        announce(updateID)
    }

    /// What shows of an update as soon as its lock is held.
    private mutating func open(_ updateID: String, _ spec: ExecutionSpec, _ resource: WorldResource)
    {
        let now = clock.now
        var version: BuildVersion?
        if spec.name == "RunBuild" {
            version = resource.version
            version?.patch += 1
        } else if spec.name == "Deploy" {
            version = world[resource.buildID]?.version
        }
        let text =
            "\(markup.muted("INFO")): executing procedure '\(markup.bold(resource.name))'"
        updates.modify(updateID) { record in
            record.version = version
            if spec.name == "RunProcedure" {
                record.logs.append(.simple("Execute procedure", text, at: now))
            }
        }
        announce(updateID)
    }

    private func plan(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ params: JSONValue,
        _ behaviour: Behaviour, _ scripted: ResourceFault.Behaviour?
    ) -> ExecutionPlan {
        var random = SeededRandom(
            seed: options.seed, purpose: "\(spec.name)/\(resource.name)/\(resource.runs)")
        let milliseconds = Int.random(in: spec.duration, using: &random)
        let fails =
            behaviour.fails
            || (behaviour.failsEvery > 0 && resource.runs.isMultiple(of: behaviour.failsEvery))
        var resource = resource
        if spec.name == "RunBuild" { resource.version.patch += 1 }
        return ExecutionPlan(
            spec: spec, resource: resource, params: params, world: world, markup: markup,
            fails: fails, vanishes: scripted == .vanishes,
            duration: Int(Double(milliseconds) * behaviour.slowness))
    }

    private mutating func showTransition(_ spec: ExecutionSpec, _ resource: WorldResource) {
        let state: String? =
            switch spec.name {
            case "Deploy", "DeployStack": "deploying"
            case "RunBuild", "BuildRepo": "Building"
            case "CloneRepo": "Cloning"
            case "PullRepo": "Pulling"
            case "RunProcedure", "RunAction": "Running"
            case "RunSync": "Syncing"
            default: nil
            }
        if let state { world[resource.id]?.state = state }
    }
}
