export function nginxConfig(folder: string, servers: number, bytesEach: number): number;
export function pythonModules(folder: string, modules: number): void;
export function monorepo(folder: string, stacks: number): void;
export function kubernetesTree(folder: string, documents: number): void;
