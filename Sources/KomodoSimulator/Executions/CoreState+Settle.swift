extension CoreState {
    /// What an ended execution leaves behind in the world.
    mutating func settle(_ run: ActiveRun, _ record: UpdateRecord, at now: Int64) {
        guard var resource = world[run.resourceID] else { return }
        switch resource.kind {
        case .deployment, .stack:
            settleContainers(run, record, &resource)
        case .build, .repo, .resourceSync, .procedure, .action:
            guard run.spec.state != nil else { return }
            let others = run.spec.state.map { active.count($0, on: resource.id) } ?? 0
            resource.state = others > 0 ? "Running" : record.success ? "Ok" : "Failed"
            if record.success || resource.kind != .build { resource.lastRunAt = now }
            if record.success, !record.commitHash.isEmpty {
                resource.commitHash = record.commitHash
            }
            if record.success, resource.kind == .build, let version = record.version {
                resource.version = version
            }
        case .server, .system, .builder: return
        }
        world[run.resourceID] = resource
    }

    private func settleContainers(
        _ run: ActiveRun, _ record: UpdateRecord, _ resource: inout WorldResource
    ) {
        let isStack = resource.kind == .stack
        let deployed = run.stateAfterDeploy ?? "running"
        let state: String? =
            switch (run.spec.verb, record.success) {
            case ("Deploy", true): deployed
            case ("Deploy", false): isStack ? "unhealthy" : "exited"
            case ("Start", true), ("Restart", true), ("Unpause", true): "running"
            case ("Pause", true): "paused"
            case ("Stop", true): isStack ? "stopped" : "exited"
            case ("Destroy", true): isStack ? "down" : "not_deployed"
            default: nil
            }
        if let state { resource.state = state }
        if isStack, run.spec.verb == "Deploy", record.success {
            resource.commitHash = latestHash(resource)
        }
    }

    private func latestHash(_ stack: WorldResource) -> String {
        world.latestHash(stack)
    }
}
