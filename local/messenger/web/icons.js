// The icons that only the simulator needs; importing this makes them known.
import { addIcons } from "../../assets/shared/icon.js";

addIcons({
  dots: "M6 12v.1M12 12v.1M18 12v.1",
  menu: "M4 7h16M4 12h16M4 17h16",
  phone: "M7 3h10v18H7zm3.5 15.5h3",
  picture: "M4 5h16v14H4zm0 11 4.5-4.5L14 17m-1-1 3-3 4 4M15.5 9.5v.1",
  plus: "M12 5v14M5 12h14",
  reply: "M9 7 4 12l5 5m-5-5h9.5a6.5 6.5 0 0 1 6.5 6.5",
  sliders: "M4 7h9m4 0h3M4 12h3m4 0h9M4 17h11m4 0h1M15 5v4M9 10v4m8 1v4",
  thumb: "M4 11h3.5v9H4zm3.5 1L11 4.5c1.6-.4 2.8.6 2.8 2.2v3.3h4.4c1.2 0 2 1.1 1.7 2.3l-1.4 6c-.3 1.1-1.1 1.7-2.2 1.7H7.5",
  undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  pen: "m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
});
