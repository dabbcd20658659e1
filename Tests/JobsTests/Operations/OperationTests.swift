import JSON
import Jobs
import Testing

@Suite(.timeLimit(.minutes(2)))
struct OperationTests {
    @Test func wordsAliasesAndIDWordsAreUnique() {
        let words = JobOperation.allCases.flatMap { [$0.rawValue] + $0.spec.aliases }
        #expect(Set(words).count == words.count)
        let idWords = JobOperation.allCases.map(\.idWord)
        #expect(Set(idWords).count == idWords.count)
        let requests = JobOperation.allCases.map(\.spec.request)
        #expect(Set(requests).count == requests.count)
    }

    @Test(arguments: JobOperation.allCases)
    func wordsAreKebabCaseAndIDWordsSnakeCase(operation: JobOperation) {
        let small = Set("abcdefghijklmnopqrstuvwxyz")
        for word in [operation.rawValue] + operation.spec.aliases {
            #expect(word.allSatisfy { small.contains($0) || $0 == "-" })
        }
        #expect(operation.idWord.allSatisfy { small.contains($0) || $0 == "_" })
        #expect(JobOperation(idWord: operation.idWord) == operation)
    }

    @Test(arguments: JobOperation.allCases)
    func wordsAndAliasesAreFoundInAnyCase(operation: JobOperation) {
        for word in [operation.rawValue] + operation.spec.aliases {
            #expect(JobOperation(word: word) == operation)
            #expect(JobOperation(word: word.uppercased()) == operation)
        }
    }

    @Test(arguments: ["", "dance", "deploy ", "run_build", "start_server", "RunBuild"])
    func otherWordsAreNoOperation(word: String) {
        #expect(JobOperation(word: word) == nil)
    }

    @Test(arguments: ["", "dance", "Deploy", "deploy ", "start-server", "pull_repo", "run_build"])
    func otherIDWordsAreNoOperation(word: String) {
        #expect(JobOperation(idWord: word) == nil)
    }

    @Test func theDocumentedNineAreThere() {
        let requests = [
            "deploy": "Deploy", "build": "RunBuild", "start-server": "StartAllContainers",
            "stop-server": "StopAllContainers", "restart-server": "RestartAllContainers",
            "run-procedure": "RunProcedure", "trigger-action": "RunAction",
            "pull-repo": "PullRepo", "clone-repo": "CloneRepo",
        ]
        for (word, request) in requests {
            #expect(JobOperation(word: word)?.spec.request == request)
        }
    }

    @Test func onlyTheseAreDestructive() {
        let destructive = JobOperation.allCases.filter { $0.spec.tier == .destroy }
        #expect(
            Set(destructive)
                == [
                    .stopServer, .restartServer, .cloneRepo, .stopDeployment, .restartDeployment,
                    .destroyDeployment, .stopStack, .restartStack, .destroyStack, .stopContainer,
                    .restartContainer, .destroyContainer,
                ])
    }

    @Test func onlyTheseAreNotSentAgainByThemselves() {
        let asking = JobOperation.allCases.filter { $0.spec.resend == .ask }
        #expect(
            Set(asking)
                == [.runProcedure, .triggerAction, .runSync, .buildRepo, .deployStackIfChanged])
    }

    @Test func komodoCancelsFourKindsOfRuns() {
        let pairs = JobOperation.allCases.compactMap { operation in
            operation.spec.cancelledBy.map { (operation, $0) }
        }
        #expect(pairs.count == 4)
        for (operation, cancel) in pairs {
            #expect(cancel.spec.isCancel && !operation.spec.isCancel)
            #expect(cancel.spec.targetType == operation.spec.targetType)
            #expect(cancel.spec.cancelledBy == nil)
        }
        #expect(JobOperation.allCases.filter(\.spec.isCancel).count == 4)
    }

    @Test func theTargetsParameterIsItsTypeInSmallLetters() {
        for operation in JobOperation.allCases where operation != .runSync {
            #expect(
                operation.spec.targetParameter == operation.spec.targetType.rawValue.lowercased())
        }
        #expect(JobOperation.runSync.spec.targetParameter == "sync")
    }

    @Test(arguments: JobOperation.allCases)
    func parametersHaveDistinctNamesAndSummaries(operation: JobOperation) {
        let names = operation.spec.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(!names.contains(operation.spec.targetParameter))
        #expect(operation.spec.parameters.allSatisfy { !$0.summary.isEmpty })
    }

    @Test func updatesOfStacksCarryASuffixWhenServicesAreNamed() {
        let some: JSONObject = ["services": ["web"]]
        #expect(JobOperation.deployStack.spec.updateOperations(some) == ["DeployStackService"])
        #expect(JobOperation.deployStack.spec.updateOperations(["services": []]) == ["DeployStack"])
        #expect(JobOperation.deployStack.spec.updateOperations([:]) == ["DeployStack"])
        #expect(JobOperation.deploy.spec.updateOperations(some) == ["Deploy"])
        #expect(
            JobOperation.deployStackIfChanged.spec.updateOperations([:])
                == ["DeployStack", "DeployStackService", "RestartStack", "RestartStackService"])
    }

    @Test func healthIsVerifiedWhereThereIsAny() {
        let types = Set(
            JobOperation.allCases.filter(\.spec.canVerifyHealth).map(\.spec.targetType))
        #expect(types == [.deployment, .stack, .server])
    }
}
