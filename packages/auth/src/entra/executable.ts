import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether `program` can be started by its name. */
export async function isOnPath(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : [''];
  const files = folders.flatMap((folder) => endings.map((ending) => join(folder, `${program}${ending}`)));
  const found = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
