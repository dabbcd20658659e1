import Intake
import JSON
import Jobs
import Testing

/// Arguments of the command line for the signed interface.
@Suite
struct SignedArgumentTests {
    @Test
    func namesBecomeOptionsOfTheirType() throws {
        let deploy = try SignedArguments.parse(["force=true", "skipPull=no"], for: .deploy)
        #expect(JSONValue.object(deploy) == ["options": ["force": true, "skipPull": false]])
        let clone = try SignedArguments.parse(["branch=true", "depth=2"], for: .cloneRepo)
        #expect(JSONValue.object(clone) == ["options": ["branch": "true", "depth": 2]])
        let run = try SignedArguments.parse([#"variables={"ENV":"prod"}"#], for: .runProcedure)
        #expect(JSONValue.object(run) == ["variables": ["ENV": "prod"]])
        #expect(try SignedArguments.parse([], for: .startServer).isEmpty)
    }

    private static let refused: [([String], JobOperation, JobErrorCode)] = [
        (["force"], .deploy, .validationError), (["force=maybe"], .deploy, .validationError),
        (["branch=main"], .deploy, .unsupportedOption), ([], .deployStack, .unsupportedOption),
        (["force=true", "force=false"], .deploy, .validationError),
        (["variables=[]"], .runProcedure, .validationError),
        (["variables={"], .runProcedure, .validationError),
    ]

    @Test(arguments: refused)
    func whatCannotBeHonouredIsRefused(
        _ pairs: [String], _ operation: JobOperation, _ code: JobErrorCode
    ) {
        let error = #expect(throws: IntakeError.self) {
            try SignedArguments.parse(pairs, for: operation)
        }
        #expect(error?.error.code == code)
    }
}
