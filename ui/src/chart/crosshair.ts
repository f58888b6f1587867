/** A chart that shows where another one of its group is pointed at. Times are milliseconds. */
export type CrosshairFollower = { showCrosshair(time: number | null): void };

const groups = new Map<string, Set<CrosshairFollower>>();

export function joinCrosshair(group: string, follower: CrosshairFollower): () => void {
  const members = groups.get(group) ?? new Set();
  groups.set(group, members.add(follower));
  return () => {
    members.delete(follower);
    if (members.size === 0 && groups.get(group) === members) groups.delete(group);
  };
}

export function moveCrosshair(group: string, source: CrosshairFollower, time: number | null): void {
  for (const follower of groups.get(group) ?? []) {
    if (follower !== source) follower.showCrosshair(time);
  }
}
