extension ExecutionPlan {
    /// The commit that a pull finds.
    private var newCommit: String {
        SeededRandom.hex("commit/\(resource.name)/\(resource.runs)", digits: 7)
    }

    private var cloneLogs: [PlanStep.Draft] {
        let path = "/etc/komodo/repos/\(resource.name)"
        let clone = docker(
            "Clone Repo",
            "git clone https://github.com/\(resource.repository) \(path) -b main",
            output: "", error: "fatal: repository not found\n")
        guard !fails else { return [clone] }
        let commit = PlanStep.Draft(
            stage: "Latest Commit",
            stdout: "\(markup.muted("hash")): \(newCommit)\n"
                + "\(markup.muted("message")): Update the code")
        return [clone, commit]
    }

    /// The steps of a build: the clone shows before the rest.
    var buildSteps: [PlanStep] {
        var steps: [PlanStep] = []
        let clone = PlanStep.Draft(
            stage: "Clone Repo",
            command: "git clone https://github.com/\(resource.repository) "
                + "/etc/komodo/builds/\(resource.name) -b main",
            stderr: "Cloning into '/etc/komodo/builds/\(resource.name)'...\n")
        steps.append(step(.log(clone), part: 0.15))
        steps.append(step(.commit(newCommit), part: 0))
        let commit = PlanStep.Draft(
            stage: "Latest Commit",
            stdout: "\(markup.muted("hash")): \(newCommit)\n"
                + "\(markup.muted("message")): Update the code")
        steps.append(step(.savedLog(commit), part: 0.05))
        let tag = resource.version.text
        steps.append(
            step(
                .log(
                    docker(
                        "Docker Build",
                        "docker build -t registry.example.com/\(resource.name):\(tag) .",
                        output: "#8 exporting to image\n#8 naming to "
                            + "registry.example.com/\(resource.name):\(tag) done\n",
                        error: "#7 [4/5] RUN make\n#7 2.114 error: no rule to make target\n"
                            + "ERROR: failed to solve: process \"/bin/sh -c make\" did not "
                            + "complete successfully: exit code: 2\n")), part: 0.8))
        return steps
    }

    /// The steps of a clone, a pull or a build of a repository.
    var repoSteps: [PlanStep] {
        switch spec.name {
        case "PullRepo":
            let pull = docker(
                "Git Pull", "git pull --rebase --force origin main",
                output: "Already up to date.\n", error: "fatal: couldn't find remote ref main\n")
            return (fails ? [] : [step(.commit(newCommit), part: 0)]) + [step(.log(pull))]
        case "BuildRepo":
            return [step(.commit(newCommit), part: 0)]
                + cloneLogs.map { step(.log($0), part: 1 / Double(cloneLogs.count)) }
        default:
            return cloneLogs.map { step(.log($0), part: 1 / Double(cloneLogs.count)) }
        }
    }
}
