import JSON
import Jobs
import Testing

@testable import KomodoTools

/// The documented options against what Komodo has.
@Suite(.timeLimit(.minutes(2)))
struct OptionRulesTests {
    @Test(arguments: [
        (JobOperation.deploy, "force", JSONValue.bool(true)), (.deploy, "force", false),
        (.deploy, "stopBeforeStart", true), (.build, "forceBuild", true),
        (.pullRepo, "force", true),
    ])
    func whatKomodoDoesAnywayIsAcceptedAndNoted(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws {
        let outcome = try decide(operation, option, value)
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes[0].hasPrefix("\(option): Komodo "))
    }

    @Test(arguments: [
        (JobOperation.deploy, "skipPull", JSONValue.bool(true), "stack.config.auto_pull"),
        (.build, "skipCache", true, "build.config.extra_args"),
        (.build, "skipPull", true, "build.config.commit"),
        (.stopServer, "force", true, "StopDeployment.signal"),
        (.stopServer, "removeContainer", true, "DestroyDeployment"),
        (.restartServer, "force", true, "StopDeployment.signal"),
        (.triggerAction, "retryOnFailure", true, "RunAction"),
        (.pullRepo, "branch", "develop", "repo.config.branch"),
        (.pullRepo, "submodules", true, "repo.config.on_pull"),
        (.cloneRepo, "branch", "develop", "repo.config.branch"),
        (.cloneRepo, "depth", 1, "repo.config"),
        (.cloneRepo, "submodules", true, "repo.config.on_clone"),
        (.cloneRepo, "overwrite", false, "CloneRepo"),
    ])
    func whatKomodoCannotDoIsRefusedWithItsField(
        _ operation: JobOperation, _ option: String, _ value: JSONValue, _ field: String
    ) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try decide(operation, option, value)
        }
        #expect(failure.code == .unsupportedOption)
        #expect(failure.details["option"]?.string == option)
        #expect(failure.details["komodo_field"]?.string == field)
        #expect(failure.message.contains("Nothing was queued"))
    }

    @Test(arguments: ExecuteRegistry.tools.map(\.operation))
    func askingForNothingIsAccepted(_ operation: JobOperation) throws {
        for rule in OptionRules.rules(of: operation) {
            guard case .unsupported = rule.handling else { continue }
            let values: [JSONValue] = [false, .null, ""]
            for value in values {
                let outcome = try decide(operation, rule.name, value)
                #expect(outcome == OptionOutcome())
            }
        }
        #expect(try decide(.cloneRepo, "overwrite", true) == OptionOutcome())
    }

    @Test func everyDocumentedOptionHasARuleAndEveryRuleAnOption() {
        for tool in ExecuteRegistry.tools {
            #expect(
                tool.options.map(\.name) == OptionRules.rules(of: tool.operation).map(\.name),
                "\(tool.name)")
        }
    }

    @Test func ourOwnOptionsAreRead() throws {
        let outcome = try OptionRules.decide(
            ToolArguments(["timeout": 120, "waitForHealthy": true]), of: .restartServer)
        #expect(outcome.deadline == .seconds(120))
        #expect(outcome.waitsForHealth)
        #expect(try decide(.runProcedure, "async", false).isAsync == false)
        #expect(try decide(.runProcedure, "async", true).isAsync == true)
    }

    @Test(arguments: [
        ("timeout", JSONValue.int(0)), ("timeout", 86_401), ("timeout", "60"), ("timeuot", 60),
    ])
    func wrongOptionsAreNamed(_ option: String, _ value: JSONValue) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try decide(.startServer, option, value)
        }
        #expect(failure.code == .validationError)
        #expect(failure.message.contains(option))
    }

    @discardableResult
    private func decide(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws -> OptionOutcome {
        try OptionRules.decide(ToolArguments([option: value]), of: operation)
    }
}
