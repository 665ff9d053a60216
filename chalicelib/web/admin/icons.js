// The icons that only the agents' page needs; importing this makes them known.
import { addIcons } from "../shared/icon.js";

addIcons({
  archive: "M4 8h16v11H4zM3 4h18v4H3zm7 8h4",
  back: "m14.5 5-7 7 7 7",
  bell: "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 2H5l1.5-2Zm3.7 4.3a2 2 0 0 0 3.6 0",
  check: "m5 12.5 4.5 4.5L19 7.5",
  checks: "m2 12.5 4.5 4.5L15 8m-3.5 8 .8.8L22 8",
  note: "M5 4h14v10.5L13.5 20H5zM13.5 20v-5.5H19M8.5 8.5h7m-7 3.5h4",
  out: "M14 4H5v16h9M10 12h10m-3.5-3.5L20 12l-3.5 3.5",
  search: "m20 20-4.3-4.3M17.5 11a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z",
  sound: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11",
  mute: "M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5m0-5-5 5",
});
