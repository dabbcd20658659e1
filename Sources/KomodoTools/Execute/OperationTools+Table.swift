internal import Jobs

extension OperationTools {
    /// Every operation beyond the nine, in the order of lists.
    static let table: [OperationTool] = stacks + deployments + containers + builds + others

    private static func name(_ operation: JobOperation) -> String { ToolName.execute(operation) }

    private static let stacks = [
        OperationTool(
            .deployStack, .stacks, "Deploy a stack", example: "shop",
            "Deploys one Komodo stack: docker compose up with its newest files and images, so "
                + "services whose definition changed are interrupted and made anew.",
            "Use it to roll out a stack whether or not anything changed; to leave an unchanged one "
                + "alone use \(name(.deployStackIfChanged)), for a single container "
                + "\(ToolName.deploy)."),
        OperationTool(
            .deployStackIfChanged, .stacks, "Deploy a stack if it changed", example: "shop",
            "Compares one Komodo stack with its source and deploys or restarts only the services "
                + "whose files changed; those are interrupted, others not touched.",
            "Use it after a commit; to deploy in any case use \(name(.deployStack))."),
        OperationTool(
            .pullStack, .stacks, "Pull a stack's images", example: "shop", isDestructive: false,
            "Pulls the images of one Komodo stack onto its server; what runs there is not touched.",
            "Use it to make the next \(name(.deployStack)) short; for one deployment use "
                + "\(name(.pullDeployment))."),
        OperationTool(
            .startStack, .stacks, "Start a stack", example: "shop", isDestructive: false,
            "Starts the stopped containers of one Komodo stack as they are; running ones are not "
                + "touched, and files and images are not updated.",
            "Use it after \(name(.stopStack)); to make missing containers or take in changes use "
                + "\(name(.deployStack))."),
        OperationTool(
            .stopStack, .stacks, "Stop a stack", example: "shop",
            "Stops the containers of one Komodo stack: its services go down and stay down until "
                + "\(name(.startStack)). Containers, volumes and data stay.",
            "Use it for maintenance of one stack; to remove its containers use "
                + "\(name(.destroyStack)), for a whole host \(ToolName.stopServer)."),
        OperationTool(
            .restartStack, .stacks, "Restart a stack", example: "shop",
            "Restarts the containers of one Komodo stack: its services are interrupted, and files "
                + "and images are not updated.",
            "Use it when a stack misbehaves; to take in changes use \(name(.deployStack))."),
        OperationTool(
            .destroyStack, .stacks, "Destroy a stack", example: "shop",
            "Runs docker compose down on one Komodo stack: its containers and networks are deleted, "
                + "and whatever they kept outside volumes is lost. The stack stays in Komodo.",
            "Use it to take a stack away; to only stop it use \(name(.stopStack)), to bring it "
                + "back \(name(.deployStack))."),
    ]

    private static let deployments = [
        OperationTool(
            .pullDeployment, .deployments, "Pull a deployment's image", example: "my-app",
            isDestructive: false,
            "Pulls the image of one Komodo deployment onto its server; what runs is not touched.",
            "Use it to make the next \(ToolName.deploy) short; for a stack use "
                + "\(name(.pullStack))."),
        OperationTool(
            .startDeployment, .deployments, "Start a deployment", example: "my-app",
            isDestructive: false,
            "Starts the stopped container of one Komodo deployment as it is; its image and config "
                + "are not touched.",
            "Use it after \(name(.stopDeployment)); to make the container or take in changes use "
                + "\(ToolName.deploy)."),
        OperationTool(
            .stopDeployment, .deployments, "Stop a deployment", example: "my-app",
            "Stops the container of one Komodo deployment: the service goes down and stays down "
                + "until \(name(.startDeployment)). The container and its data stay.",
            "Use it to take one service down; to remove the container use "
                + "\(name(.destroyDeployment)), for a whole host \(ToolName.stopServer)."),
        OperationTool(
            .restartDeployment, .deployments, "Restart a deployment", example: "my-app",
            "Restarts the container of one Komodo deployment: the service is interrupted, and its "
                + "image and config are not updated.",
            "Use it when one service misbehaves; to take in changes use \(ToolName.deploy)."),
        OperationTool(
            .destroyDeployment, .deployments, "Destroy a deployment's container",
            example: "my-app",
            "Stops and removes the container of one Komodo deployment: whatever it kept outside "
                + "volumes is lost. The deployment itself stays in Komodo.",
            "Use it to take a service away; to only stop it use \(name(.stopDeployment)), to bring "
                + "it back \(ToolName.deploy)."),
    ]

    private static let containers = [
        OperationTool(
            .startContainer, .containers, "Start a container", example: "prod-1",
            isDestructive: false,
            "Starts one stopped container on a Komodo server, by the container's own name; nothing "
                + "else is touched.",
            "Use it for containers that Komodo does not manage; for others use "
                + "\(name(.startDeployment)) or \(name(.startStack))."),
        OperationTool(
            .stopContainer, .containers, "Stop a container", example: "prod-1",
            "Stops one container on a Komodo server, by the container's own name: it goes down and "
                + "stays down until \(name(.startContainer)).",
            "Use it for containers that Komodo does not manage; for others use "
                + "\(name(.stopDeployment)) or \(name(.stopStack))."),
        OperationTool(
            .restartContainer, .containers, "Restart a container", example: "prod-1",
            "Restarts one container on a Komodo server, by the container's own name: it is "
                + "interrupted, nothing is updated.",
            "Use it for containers that Komodo does not manage; for others use "
                + "\(name(.restartDeployment)) or \(name(.restartStack))."),
        OperationTool(
            .destroyContainer, .containers, "Remove a container", example: "prod-1",
            "Stops and removes one container on a Komodo server, by the container's own name: "
                + "whatever it kept outside volumes is lost, and Komodo cannot make it anew.",
            "Use it for containers that Komodo does not manage; for others use "
                + "\(name(.destroyDeployment)) or \(name(.destroyStack))."),
    ]

    private static let builds = [
        OperationTool(
            .buildRepo, .builds, "Build a repository", example: "my-repo", isDestructive: false,
            "Clones a Komodo repo on its builder and runs the commands configured as on_clone and "
                + "on_pull there; what runs on servers is not touched.",
            "Use it for repos with a builder; to make an image use \(ToolName.build), to update a "
                + "clone on a server \(ToolName.pullRepo)."),
        OperationTool(
            .cancelBuild, .builds, "Cancel a build in Komodo", example: "api-build",
            "Cancels whatever run of one Komodo build is in progress, whoever started it; the "
                + "unfinished image is lost.",
            "Use it for a run without a job here; for a job of yours use \(ToolName.cancel), which "
                + "hits that run only."),
        OperationTool(
            .cancelRepoBuild, .builds, "Cancel a repo build in Komodo", example: "my-repo",
            "Cancels whatever build of one Komodo repo is in progress, whoever started it; its "
                + "unfinished work is lost.",
            "Use it for a run without a job here; for a job of yours use \(ToolName.cancel), for an "
                + "image \(name(.cancelBuild))."),
    ]

    private static let others = [
        OperationTool(
            .cancelProcedure, .procedures, "Cancel a procedure in Komodo",
            example: "nightly-backup",
            "Cancels whatever run of one Komodo procedure is in progress, whoever started it: "
                + "later stages are lost, finished ones stay done. Komodo 2.3 or later.",
            "Use it for a run without a job here; for a job of yours use \(ToolName.cancel)."),
        OperationTool(
            .cancelAction, .procedures, "Cancel an action in Komodo", example: "backup-database",
            "Cancels whatever runs of one Komodo action are in progress, whoever started them: the "
                + "script is interrupted where it is. Komodo 2.3 or later.",
            "Use it for a run without a job here; for a job of yours use \(ToolName.cancel)."),
        OperationTool(
            .runSync, .syncs, "Run a resource sync", example: "production",
            "Runs one Komodo resource sync: resources in Komodo are made, changed and, where the "
                + "sync may delete, deleted until they match its files; deploys may follow.",
            "Use it to take in a change of those files; to run known steps use "
                + "\(ToolName.runProcedure)."),
    ]
}
